import { Redis } from 'ioredis';
import type { Clock } from '@spanloom/span';
import { BufferError } from '../../errors.ts';
import type { LuaScript } from '../lua/script.ts';
import type { RedisConnection } from '../options.ts';
import { type Argument, WrittenCommand } from './command.ts';
import { isReply, isUnknownScript, toBufferError, toConnectError } from './failure.ts';
import { type Settings, targetOf } from './target.ts';

/** One connection that comes back by itself. Without it every call is refused at once; none is ever sent twice. */
export interface RedisClient {
  /** Where the server is, for people. */
  readonly where: string;
  /** Why there is no connection now; null while there is one. */
  disconnected(): string | null;
  script(script: LuaScript, keys: readonly string[], args: readonly Argument[]): Promise<unknown>;
  /** Some fields of a hash; null for those that are not there. */
  hmget(key: string, fields: readonly (string | number)[]): Promise<readonly (Buffer | null)[]>;
  /** A hash, by field. */
  hgetall(key: string): Promise<ReadonlyMap<string, Buffer>>;
  /** A hash in pieces. A field may come twice; one that is there all the while comes at least once. */
  hscan(key: string): AsyncIterable<readonly (readonly [field: string, value: Buffer])[]>;
  /** What the server says of itself: all of it, or a section. Nothing waits for it: a refusal is not reported. */
  info(section?: string): Promise<string>;
  close(): Promise<void>;
}

export interface ClientOptions {
  readonly connection: RedisConnection;
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Told of each call that a server answered: with null when it did what it was told. */
  readonly onAnswer: (what: string, refusal: BufferError | null) => void;
}

/** Fields in one piece of a hash: some 150 kB of index, a third of a millisecond of the server. */
const SCAN_FIELDS = 1000;

/** Between tries to connect: twice as long each time. */
const firstRetryMs = 50;
const longestRetryMs = 2000;

/** Resolves when connected. Rejects with BufferError when nobody answers, with BufferSetupError when refused. */
export async function connect({ connection, clock, timeoutMs, onAnswer }: ClientOptions): Promise<RedisClient> {
  const { options, where } = targetOf(connection);
  const redis = new Redis({ ...options, ...manners(timeoutMs) });
  let lastError: unknown = null;
  redis.on('error', (error: unknown) => (lastError = error));
  redis.on('ready', () => (lastError = null));

  const giveUp = new AbortController();
  const tooLong = clock.sleep(2 * timeoutMs, giveUp.signal).then(() => {
    throw new BufferError('nobody answered in time');
  });
  try {
    await Promise.race([redis.connect(), tooLong]);
  } catch (error) {
    redis.disconnect();
    throw toConnectError(lastError ?? error, where);
  } finally {
    tooLong.catch(() => {});
    giveUp.abort();
  }

  async function answered<T>(what: string, call: () => Promise<T>): Promise<T> {
    try {
      const answer = await call();
      onAnswer(what, null);
      return answer;
    } catch (error) {
      const failure = toBufferError(error, where);
      // No answer is no refusal: that there is no connection is known without it.
      if (isReply(error)) onAnswer(what, failure);
      throw failure;
    }
  }

  return {
    where,
    disconnected() {
      if (redis.status === 'ready') return null;
      return toConnectError(lastError ?? 'the connection was lost', where).message;
    },
    script: ({ name, source, sha }, keys, args) =>
      answered(name, async () => {
        const rest = [keys.length, ...keys, ...args];
        try {
          return await redis.sendCommand(new WrittenCommand('evalsha', [sha, ...rest]));
        } catch (error) {
          if (!isUnknownScript(error)) throw error;
          return redis.sendCommand(new WrittenCommand('eval', [source, ...rest]));
        }
      }),
    hmget: (key, fields) =>
      answered(
        'hmget',
        async () => (await redis.sendCommand(new WrittenCommand('hmget', [key, ...fields]))) as (Buffer | null)[],
      ),
    hgetall: (key) => answered('hgetall', async () => new Map(Object.entries(await redis.hgetallBuffer(key)))),
    async *hscan(key) {
      const scan = (cursor: string): Promise<[cursor: Buffer, values: Buffer[]]> => {
        const piece = answered('hscan', () => redis.hscanBuffer(key, cursor, 'COUNT', SCAN_FIELDS));
        // Whoever left the loop early waits for it no longer.
        piece.catch(() => {});
        return piece;
      };
      let next = scan('0');
      for (;;) {
        const [cursor, values] = await next;
        const last = cursor.toString() === '0';
        // The server reads on while this piece is made use of.
        if (!last) next = scan(cursor.toString());
        yield pairs(values);
        if (last) return;
      }
    },
    async info(section) {
      try {
        return await (section === undefined ? redis.info() : redis.info(section));
      } catch (error) {
        throw toBufferError(error, where);
      }
    },
    async close() {
      // What was sent is answered first; without a connection there is nothing to wait for.
      await redis.quit().catch(() => {});
      // Those to the sentinels too.
      redis.disconnect();
    },
  };
}

function manners(timeoutMs: number): Settings {
  return {
    // Nothing here needs RESP3, and RESP2 is what every server and proxy speaks.
    protocol: 2,
    connectionName: 'spanloom',
    disableClientInfo: true,
    lazyConnect: true,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // A server that still reads its snapshot says how long it will take: it is asked more often than that.
    maxLoadingRetryTime: longestRetryMs,
    retryStrategy: (times) => Math.min(firstRetryMs * 2 ** (times - 1), longestRetryMs),
    // A call that failed is the owner's to repeat: it alone knows whether it still may.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // A master that became a replica: ask the sentinels again.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  };
}

function pairs(values: readonly Buffer[]): [string, Buffer][] {
  const found: [string, Buffer][] = [];
  for (let i = 0; i + 1 < values.length; i += 2) {
    found.push([String(values[i]), values[i + 1] ?? Buffer.alloc(0)]);
  }
  return found;
}
