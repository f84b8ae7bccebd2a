import type { RedisOptions } from 'ioredis';
import { BufferSetupError } from '../../errors.ts';
import type { RedisBySentinels, RedisConnection, RedisNode, RedisTls } from '../options.ts';

/** Options of the client. The one left out decides the types of its replies, and is not ours to set. */
export type Settings = Omit<RedisOptions, 'replyMapping'>;

/** Where a server is, for the client and for people. */
export interface Target {
  readonly options: Settings;
  /** Without any secret. */
  readonly where: string;
}

/** @throws BufferSetupError if the connection is written wrongly. */
export function targetOf(connection: RedisConnection): Target {
  return 'url' in connection ? nodeTarget(connection) : sentinelTarget(connection);
}

function nodeTarget({ url, username, password, tls }: RedisNode): Target {
  const parsed = parseUrl(url);
  const database = parsed.pathname.replace(/^\//, '');
  if (!/^\d*$/.test(database)) throw new BufferSetupError(`'${database}' in the URL of Redis is no database number.`);
  const host = parsed.hostname.replaceAll(/^\[|\]$/g, '');
  const port = Number(parsed.port || 6379);
  const asked = tls ?? (parsed.protocol === 'rediss:' ? {} : undefined);
  return {
    where: `${parsed.hostname}:${port}`,
    options: {
      host,
      port,
      db: Number(database),
      ...login(username ?? decodeURIComponent(parsed.username), password ?? decodeURIComponent(parsed.password)),
      ...(asked === undefined ? {} : { tls: tlsOptions(asked) }),
    },
  };
}

function parseUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || parsed.hostname === '' || !/^rediss?:$/.test(parsed.protocol)) {
    // Not the URL itself: it may hold a password.
    throw new BufferSetupError('The URL of Redis must be redis://host:port or rediss://host:port.');
  }
  return parsed;
}

function sentinelTarget(connection: RedisBySentinels): Target {
  const { sentinels, name, username, password, sentinelUsername, sentinelPassword, database, tls } = connection;
  if (sentinels.length === 0) throw new BufferSetupError('Redis by sentinels needs at least one of them.');
  return {
    where: `${name} of ${sentinels.join(', ')}`,
    options: {
      sentinels: sentinels.map(sentinelAddress),
      name,
      db: database ?? 0,
      ...login(username, password),
      ...(sentinelUsername === undefined ? {} : { sentinelUsername }),
      ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
      // A master that lost its sentinels does not know that it is none any more; they do.
      failoverDetector: true,
      ...(tls === undefined
        ? {}
        : { tls: tlsOptions(tls), sentinelTLS: tlsOptions(tls), enableTLSForSentinelMode: true }),
    },
  };
}

function sentinelAddress(text: string): { host: string; port: number } {
  const parsed = URL.canParse(`redis://${text}`) ? new URL(`redis://${text}`) : null;
  if (parsed === null || parsed.hostname === '') throw new BufferSetupError(`'${text}' is no host:port of a sentinel.`);
  return { host: parsed.hostname.replaceAll(/^\[|\]$/g, ''), port: Number(parsed.port || 26_379) };
}

function login(username: string | undefined, password: string | undefined): Settings {
  return {
    ...(username === undefined || username === '' ? {} : { username }),
    ...(password === undefined || password === '' ? {} : { password }),
  };
}

function tlsOptions({ ca, cert, key }: RedisTls): NonNullable<RedisOptions['tls']> {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}
