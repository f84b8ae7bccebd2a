import { createHash } from 'node:crypto';
import type { Origin } from '@spanloom/span';

/** Names a pair of resource and scope by what is in it: 32 hexadecimal digits. Equal bytes, equal id. */
export function originId(origin: Origin): string {
  const hash = createHash('sha256');
  for (const part of [
    origin.resource,
    Buffer.from(origin.resourceSchemaUrl),
    origin.scope,
    Buffer.from(origin.scopeSchemaUrl),
  ]) {
    hash.update(`${part.length}:`).update(part);
  }
  return hash.digest('hex').slice(0, 32);
}
