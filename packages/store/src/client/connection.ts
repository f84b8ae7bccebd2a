import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import type { ClickHouseClient } from '@clickhouse/client';
import { StoreError } from '../errors.ts';

/** How to reach ClickHouse. */
export interface ConnectionOptions {
  /** For example `http://127.0.0.1:8123`. */
  readonly url: string;
  /** Default `default`. */
  readonly username?: string;
  readonly password?: string;
  /** Letters, digits and underscores. Default `spanloom`. */
  readonly database?: string;
  /** A request that takes longer fails as unavailable. Default 120,000. */
  readonly requestTimeoutMs?: number;
}

/** The database of a connection; throws a `StoreError` for a name that would need quotes. */
export function databaseOf(connection: ConnectionOptions): string {
  const database = connection.database ?? 'spanloom';
  if (/^[A-Za-z_]\w*$/.test(database)) return database;
  throw new StoreError(`not the name of a database: "${database}" (letters, digits and underscores)`, 'broken');
}

/** A client that reports by rejecting, and never writes to the console by itself. */
export function connect(connection: ConnectionOptions): ClickHouseClient {
  return createClient({
    url: connection.url,
    username: connection.username ?? 'default',
    password: connection.password ?? '',
    database: databaseOf(connection),
    request_timeout: connection.requestTimeoutMs ?? 120_000,
    log: { level: ClickHouseLogLevel.OFF },
    // Below the 3 s after which ClickHouse closes an idle connection.
    keep_alive: { enabled: true, idle_socket_ttl: 2_000 },
  });
}
