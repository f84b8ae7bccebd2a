import { err, ok } from '@spanloom/span';
import type { Result } from '@spanloom/span';

/** Where ClickHouse's HTTP interface is. */
export interface Address {
  /** For example `https://clickhouse:8443`. */
  readonly origin: string;
  /** Where a proxy has the interface below its root, or null. */
  readonly path: string | null;
  /** What stands behind the question mark, sent with every request: ClickHouse takes it as settings, proxies as theirs. */
  readonly query: Readonly<Record<string, string>>;
  readonly secure: boolean;
  /** The server is on this machine: bytes on the way cost nothing. */
  readonly loopback: boolean;
}

/** What requests say by themselves. */
const own: ReadonlyMap<string, string> = new Map([
  ['user', 'clickhouse-user'],
  ['password', 'clickhouse-password'],
  ['database', 'clickhouse-database'],
]);

/** Takes an address apart; the error is a sentence for people. */
export function addressOf(text: string): Result<Address, string> {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    return err(`the address of ClickHouse is no http:// or https:// URL: "${text}"`);
  }
  // An address is logged and shown; what is secret must not be part of it.
  if (url.username !== '' || url.password !== '') {
    return err('the address of ClickHouse holds a user or a password: use clickhouse-user and clickhouse-password');
  }
  for (const [name, setting] of own) {
    if (url.searchParams.has(name)) return err(`the address of ClickHouse holds "${name}": use ${setting}`);
  }
  const path = url.pathname.replace(/\/+$/, '');
  return ok({
    origin: url.origin,
    path: path === '' ? null : path,
    query: Object.fromEntries(url.searchParams),
    secure: url.protocol === 'https:',
    loopback: /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname),
  });
}
