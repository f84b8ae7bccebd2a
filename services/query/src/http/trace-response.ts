import { randomBytes } from 'node:crypto';

/** W3C's `traceparent` with ids that are not all zero. */
const traceparent = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * The header `Traceresponse`, which every answer of Jaeger has: the trace of the request where it
 * names one. No spans are written of requests here, so nothing can be found under the ids.
 */
export function traceResponse(parent: string | string[] | undefined): string {
  const traceId = traceparent.exec(String(parent))?.[1] ?? randomBytes(16).toString('hex');
  return `00-${traceId}-${randomBytes(8).toString('hex')}-01`;
}
