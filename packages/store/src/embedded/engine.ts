import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { endedOn } from './ended-on.ts';
import { lanes } from './lanes.ts';
import { ReadSessions, readSessionKey } from './read-sessions.ts';
import { scriptOf } from './statement.ts';
import type { Statement } from './statement.ts';

/** The engine inside this process. One per process and data folder. */
export interface Engine {
  /** For example `26.7.2.1`. */
  readonly version: string;
  /**
   * Runs a statement and returns its output; rejects with an Error whose message is ClickHouse's own.
   * A statement that is cancellable ends soon after `gone` aborts.
   */
  run(statement: Statement, body: Uint8Array, gone: AbortSignal): Promise<Uint8Array>;
  /** Resolves when what is running has ended and the data folder is released. */
  close(): Promise<void>;
}

export interface EngineOptions {
  readonly dataDir: string;
  readonly maxMemoryBytes: number;
  /** Of a query; an insert has one. */
  readonly maxThreads: number;
}

/** The part of chDB that is used here. */
interface Chdb {
  readonly Session: new (path: string, options?: { connectionArgs?: readonly string[] }) => ChdbSession;
  drainPending(): Promise<void>;
}
interface ChdbSession {
  queryAsync(sql: string, options: { format: string }): Promise<{ bytes(): Uint8Array }>;
  close(): void;
}

/**
 * Opens the data folder. Every request but plain reads runs in a session of its own: a setting left behind by an
 * earlier request, a deduplication token for one, would silently drop rows. See {@link readSessionKey}.
 */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const chdb = createRequire(import.meta.url)('chdb') as Chdb;
  const path = join(options.dataDir, 'clickhouse');
  await mkdir(path, { recursive: true });
  const configFile = join(options.dataDir, 'clickhouse.xml');
  await writeFile(configFile, configOf(options));
  // Keeps the folder open between requests, and its lock with it.
  const keeper = new chdb.Session(path, {
    connectionArgs: [`--config-file=${configFile}`],
  });
  const version = await keeper.queryAsync('SELECT version()', { format: 'TSVRaw' });
  const bodies = await bodyFolder(options.dataDir);
  const run = lanes({ insert: 2, other: 4 });
  const reads = new ReadSessions<ChdbSession>();

  /** In no lane: what is to be ended may have taken all its places. */
  async function kill(mark: string): Promise<void> {
    const session = new chdb.Session(path);
    try {
      await session.queryAsync(killOf(mark), { format: 'Null' });
    } finally {
      session.close();
    }
  }

  async function read(statement: Statement, key: string, gone: AbortSignal): Promise<Uint8Array> {
    const known = reads.take(key);
    const { session, mark } = known ?? { session: new chdb.Session(path), mark: randomUUID() };
    const told = known === null ? withSettings(statement, options.maxThreads, mark) : withoutSettings(statement);
    try {
      const query = session.queryAsync(scriptOf(told, null), { format: statement.defaultFormat });
      const bytes = (await endedOn(gone, query, () => kill(mark))).bytes();
      // Whoever was told to end it might find what runs in the session next.
      if (gone.aborted) session.close();
      else reads.giveBack(key, { session, mark });
      return bytes;
    } catch (error) {
      session.close();
      throw error;
    }
  }

  return {
    version: new TextDecoder().decode(version.bytes()).trim(),
    run: (statement, body, gone) =>
      run(statement.insert === null ? 'other' : 'insert', async () => {
        if (statement.cancellable) gone.throwIfAborted();
        const key = readSessionKey(statement);
        if (key !== null) return await read(statement, key, gone);
        const file = statement.insert === null ? null : join(bodies, randomUUID());
        const session = new chdb.Session(path);
        try {
          if (file !== null) await writeFile(file, body, { mode: 0o600 });
          const threads = file === null ? options.maxThreads : 1;
          const mark = randomUUID();
          const script = scriptOf(withSettings(statement, threads, mark), file);
          const query = session.queryAsync(script, { format: statement.defaultFormat });
          const result = await (statement.cancellable ? endedOn(gone, query, () => kill(mark)) : query);
          return result.bytes();
        } finally {
          session.close();
          if (file !== null) await rm(file, { force: true });
        }
      }),
    async close() {
      await chdb.drainPending();
      reads.close();
      keeper.close();
      await chdb.drainPending();
      await rm(bodies, { recursive: true, force: true });
    },
  };
}

/**
 * Settings of the connection reach no other session. By itself the engine gives a query a thread for
 * each GiB that is free of its memory, which is one. The mark is what a query is found by: chDB lets
 * nobody choose its id.
 */
function withSettings(statement: Statement, threads: number, mark: string): Statement {
  const settings = [
    ['max_threads', String(threads)],
    ['max_threads_min_free_memory_per_thread', '0'],
    ['log_comment', mark],
  ] as const;
  return { ...statement, settings: [...settings, ...statement.settings] };
}

/** Of a session that was told database and settings before. */
function withoutSettings(statement: Statement): Statement {
  return { ...statement, database: null, settings: [] };
}

/**
 * Ends it at the next block, and leaves it 50 ms for that before somebody asks again. SYNC, which waits by itself, is
 * never answered by chDB.
 */
function killOf(mark: string): string {
  return `KILL QUERY WHERE Settings['log_comment'] = '${mark}' ASYNC;\nSELECT sleep(0.05)`;
}

/**
 * Bodies of inserts pass through memory where there is a file system for it, and touch no disk. The
 * folder is named after the data folder, so that what a killed engine left in memory is freed by
 * the next one; the lock of the data folder says that no other uses it.
 */
async function bodyFolder(dataDir: string): Promise<string> {
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  const inMemory = join('/dev/shm', `spanloom-${name}`);
  const onDisk = join(dataDir, 'inserts');
  try {
    return await emptyFolder(inMemory);
  } catch {
    return await emptyFolder(onDisk);
  }
}

/** Fails where the folder is somebody else's. */
async function emptyFolder(path: string): Promise<string> {
  await rm(path, { recursive: true, force: true });
  await mkdir(path, { mode: 0o700 });
  return path;
}

/** What can only be set at the start. The caches default to 5 GB, which a laptop has better uses for. */
function configOf(options: EngineOptions): string {
  return `<clickhouse>
  <max_server_memory_usage>${options.maxMemoryBytes}</max_server_memory_usage>
  <mark_cache_size>67108864</mark_cache_size>
  <index_mark_cache_size>16777216</index_mark_cache_size>
  <logger><level>none</level></logger>
</clickhouse>
`;
}
