import type { Clock } from '@spanloom/span';

/** TLS to Redis, and to the sentinels if there are any. Contents of PEM files. */
export interface RedisTls {
  /** Authorities that may have signed the server's certificate; default: those that Node.js knows. */
  readonly ca?: string | undefined;
  /** Our own certificate and its key, where the server asks for one (`tls-auth-clients`). */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** Who we are to the server. */
export interface RedisLogin {
  /** ACL user; default: what the URL says, or `default`. */
  readonly username?: string | undefined;
  /** Default: what the URL says, or none. */
  readonly password?: string | undefined;
  /** Default: TLS with Node's authorities for `rediss:`, none for `redis:` and with sentinels. */
  readonly tls?: RedisTls | undefined;
}

/** One server. */
export interface RedisNode extends RedisLogin {
  /** `redis://[user:password@]host[:port][/database]`; `rediss:` for TLS. */
  readonly url: string;
}

/** A server that sentinels know, and its replicas. */
export interface RedisBySentinels extends RedisLogin {
  /** Each `host` or `host:port`; port 26379 by default. */
  readonly sentinels: readonly string[];
  /** What the sentinels call it. */
  readonly name: string;
  readonly sentinelUsername?: string | undefined;
  readonly sentinelPassword?: string | undefined;
  /** Number of the database; default 0. */
  readonly database?: number | undefined;
}

export type RedisConnection = RedisNode | RedisBySentinels;

export interface RedisBufferOptions {
  readonly connection: RedisConnection;
  /** What all keys begin with, before `spanloom:`; default nothing. No braces: they decide where a cluster keeps a key. */
  readonly prefix?: string | undefined;
  readonly clock: Clock;
  /** Random bytes, for the tokens of owners. */
  readonly random: (bytes: number) => Uint8Array;
  /** Memory for records that need not be read back, over all partitions; 0: none. */
  readonly cacheBytes: number;
  /** Told what an operator should know and nothing waits for. */
  readonly onWarning: (message: string) => void;
  /**
   * How long the metadata of a partition outlives its last use; everything else lives twice as long, a trace
   * from its last chunk on. So it must be longer than a trace may stay open. Milliseconds; default an hour.
   */
  readonly ttlMs?: number | undefined;
  /** How long a command may take, and a connection; milliseconds, default 5,000. */
  readonly timeoutMs?: number | undefined;
}
