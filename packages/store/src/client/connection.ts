import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';
import { Agent } from 'node:https';
import { StoreError } from '../errors.ts';
import { addressOf } from './address.ts';
import type { Address } from './address.ts';

/** Contents of PEM files. */
export interface TlsOptions {
  /** The authority that signed the server's certificate; default the ones that Node.js knows. */
  readonly caPem?: string;
  /** Our own certificate, with its key: for a server or a proxy that asks for one. */
  readonly certPem?: string;
  readonly keyPem?: string;
}

/** How to reach ClickHouse. */
export interface ConnectionOptions {
  /** For example `http://127.0.0.1:8123`; a path and a query are kept. Without user and password. */
  readonly url: string;
  /** Default `default`. */
  readonly username?: string;
  /** Without one, a certificate of ours is what logs the user in. */
  readonly password?: string;
  /** Letters, digits and underscores. Default `spanloom`. */
  readonly database?: string;
  readonly tls?: TlsOptions;
  /** A request that takes longer fails as unavailable. Default 120,000. */
  readonly requestTimeoutMs?: number;
  /** Sends inserts as LZ4: 0.2 µs a span for a quarter of the bytes. Default: unless the server is on this machine. */
  readonly compressInserts?: boolean;
}

/** The database of a connection; throws a `StoreError` for a name that would need quotes. */
export function databaseOf(connection: Pick<ConnectionOptions, 'database'>): string {
  const database = connection.database ?? 'spanloom';
  if (/^[A-Za-z_]\w*$/.test(database)) return database;
  throw new StoreError(`not the name of a database: "${database}" (letters, digits and underscores)`, 'broken');
}

/** Whether inserts through this connection are to be compressed. */
export function compressesInserts(connection: ConnectionOptions): boolean {
  return connection.compressInserts ?? !addressFor(connection).loopback;
}

/** A client that reports by rejecting, and never writes to the console by itself. Every request of it has the settings. */
export function connect(connection: ConnectionOptions, settings: ClickHouseSettings = {}): ClickHouseClient {
  const address = addressFor(connection);
  return createClient({
    url: address.origin,
    ...(address.path === null ? {} : { pathname: address.path }),
    database: databaseOf(connection),
    clickhouse_settings: { ...address.query, ...settings },
    request_timeout: connection.requestTimeoutMs ?? 120_000,
    log: { level: ClickHouseLogLevel.OFF },
    // Below the 3 s after which old servers close an idle connection; also where the event loop was late.
    keep_alive: { enabled: true, idle_socket_ttl: 2_000, eagerly_destroy_stale_sockets: true },
    ...login(connection),
    ...transport(connection, address),
  });
}

function addressFor(connection: ConnectionOptions): Address {
  const address = addressOf(connection.url);
  if (!address.ok) throw new StoreError(address.error, 'broken');
  return address.value;
}

/**
 * Basic authentication; or by certificate, which ClickHouse takes only without a password. With
 * both, the certificate opens the connection (a proxy may ask for it) and the password logs in.
 */
function login(connection: ConnectionOptions): Parameters<typeof createClient>[0] {
  const username = connection.username ?? 'default';
  const password = connection.password ?? '';
  if (connection.tls?.certPem === undefined || password !== '') return { username, password };
  return {
    set_basic_auth_header: false,
    http_headers: { 'X-ClickHouse-User': username, 'X-ClickHouse-SSL-Certificate-Auth': 'on' },
  };
}

const maxSockets = 10;

function transport({ tls }: ConnectionOptions, address: Address): Parameters<typeof createClient>[0] {
  if (tls === undefined) return { max_open_connections: maxSockets };
  if (!address.secure) {
    throw new StoreError('there are certificates for ClickHouse, but its address is no https:// URL', 'broken');
  }
  const { caPem: ca, certPem: cert, keyPem: key } = tls;
  if ((cert === undefined) !== (key === undefined)) {
    throw new StoreError('a certificate for ClickHouse needs its key, and a key its certificate', 'broken');
  }
  // The client's own TLS options always log in by certificate where there is one.
  return {
    http_agent: new Agent({
      keepAlive: true,
      maxSockets,
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined || key === undefined ? {} : { cert, key }),
    }),
  };
}
