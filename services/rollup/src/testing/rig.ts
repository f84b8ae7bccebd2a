import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SpanTable } from '@spanloom/span';
import type { Clock, EdgeFigures, OperationFigures } from '@spanloom/span';
import { migrate, openStore, startEmbedded } from '@spanloom/store';
import type { EmbeddedEngine, RollupRun, Store } from '@spanloom/store';
import type { Problem } from '../definition/problem.ts';
import type { RollupObserver } from '../observer.ts';
import { defaultRollupConfig } from '../options.ts';
import type { RollupConfig, RollupOptions } from '../options.ts';

/** For tests: the machine's clock. */
export const realClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  },
};

/** For tests: a ClickHouse in a temporary folder, with a store of its own for each test. */
export interface Rig {
  readonly engine: EmbeddedEngine;
  remove(): Promise<void>;
}

export async function startRig(): Promise<Rig> {
  const dataDir = await mkdtemp(join(tmpdir(), 'spanloom rollup '));
  const engine = await startEmbedded({ dataDir, clock: realClock });
  return {
    engine,
    async remove() {
      await engine.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A call as a test puts it down. */
export interface CallSketch {
  readonly minute: number;
  readonly service?: string;
  readonly operation?: string;
  readonly calls: number;
  readonly errors?: number;
  readonly bucket?: number;
}

export interface TestStore {
  readonly store: Store;
  readonly connection: { readonly url: string; readonly password: string; readonly database: string };
  /** Stores figures as a batch of the sink that is appended in this minute. */
  put(calls: readonly CallSketch[], appendMinute: number): Promise<void>;
  /** The figures are complete up to here. */
  complete(ms: number): Promise<void>;
  close(): Promise<void>;
}

let databases = 0;

export async function testStore({ engine }: Rig): Promise<TestStore> {
  databases += 1;
  const connection = { url: engine.url, password: engine.secret, database: `rollup_${databases}` };
  // The tests' days are long ago: with the defaults their rows would have expired.
  const days = 10_000;
  await migrate(connection, { traceTtlDays: days, figureTtlDays: days, hourTtlDays: days, dayTtlDays: days });
  const store = openStore(connection);
  let position = 0;
  const record = async (appendTimeMs: number, streamTimeMs: number): Promise<void> => {
    position += 1;
    await store.record({
      id: { stream: 's', partition: 0, a: position - 1, b: position, appendTimeMs },
      watermark: { offset: position, streamTimeMs },
      fragments: 0,
      spans: 0,
      duplicateSpans: 0,
    });
  };
  return {
    store,
    connection,
    async put(calls, appendMinute) {
      position += 1;
      const id = { stream: 's', partition: 0, a: position - 1, b: position, appendTimeMs: appendMinute * 60_000 };
      const batch = { id, spans: new SpanTable(), fragments: [], figures: figuresOf(calls) };
      for (const table of ['edges_minute', 'operations_minute'] as const) await store.insert(table, batch);
    },
    complete: (ms) => record(ms, ms + 1000),
    close: () => store.close(),
  };
}

function figuresOf(calls: readonly CallSketch[]): {
  edges: Map<string, EdgeFigures>;
  operations: Map<string, OperationFigures>;
} {
  const edges = new Map<string, EdgeFigures>();
  const operations = new Map<string, OperationFigures>();
  for (const [at, call] of calls.entries()) {
    const service = { environment: 'prod', namespace: 'shop', name: call.service ?? 'cart' };
    const operation = call.operation ?? 'GET /cart';
    const errors = call.errors ?? 0;
    const duration = new Map([[call.bucket ?? 640, call.calls]]);
    edges.set(String(at), {
      minute: call.minute,
      client: { environment: 'prod', namespace: 'shop', name: 'web' },
      server: service,
      kind: 'rpc',
      operation,
      calls: call.calls,
      sampledCalls: call.calls,
      clientErrors: errors,
      serverErrors: errors,
      unpaired: 0,
      clientDuration: duration,
      serverDuration: duration,
      slowest: null,
      failed: null,
    });
    operations.set(String(at), {
      minute: call.minute,
      service,
      operation,
      kind: 2,
      calls: call.calls,
      sampledCalls: call.calls,
      errors,
      originErrors: errors,
      duration,
      selfTimeNs: call.calls,
      criticalPathNs: call.calls,
      localSpans: call.calls,
    });
  }
  return { edges, operations };
}

/** What a scheduler told. */
export interface Told {
  readonly runs: RollupRun[];
  readonly waiting: Map<string, number | null>;
  problems: readonly Problem[];
  passes: number;
  readonly retries: string[];
}

export function testObserver(): { readonly told: Told; readonly observer: RollupObserver } {
  const told: Told = { runs: [], waiting: new Map(), problems: [], passes: 0, retries: [] };
  const observer: RollupObserver = {
    ran: (run) => void told.runs.push(run),
    waiting: (name, sinceMs) => void told.waiting.set(name, sinceMs),
    problems: (problems) => void (told.problems = problems),
    passed: () => void (told.passes += 1),
    retry: (error) => void told.retries.push(error.message),
  };
  return { told, observer };
}

/** Options for a store, with whatever is changed. */
export function rollupOptions(
  { store }: TestStore,
  change: { readonly clock?: Clock; readonly observer?: RollupObserver; readonly config?: Partial<RollupConfig> } = {},
): RollupOptions {
  return {
    store: store.rollups,
    clock: change.clock ?? realClock,
    random: randomBytes,
    observer: change.observer ?? testObserver().observer,
    config: { ...defaultRollupConfig, folder: '/nonexistent', minuteRetentionMs: 1e14, ...change.config },
  };
}

/** A folder with these files. */
export async function folderOf(
  files: Readonly<Record<string, string>>,
): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'spanloom rollups '));
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text);
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

export async function until(holds: () => boolean | Promise<boolean>, withinMs: number): Promise<void> {
  const giveUpAt = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > giveUpAt) throw new Error('what was waited for did not come true');
    await sleep(20);
  }
}
