import type { EmbeddedLog, Lease, LogRecord, NewRecord, PartitionWorker, StreamCut, Topic } from '@spanloom/log';
import { LeaseLostError } from '@spanloom/log';
import { type DataDir, type ManualClock, machineClock, makeDataDir, manualClock } from '@spanloom/log/testing';
import { defaultNameLimits } from '@spanloom/span';
import { type EmbeddedEngine, type Store, migrate, openStore, startEmbedded } from '@spanloom/store';
import { encodeHeartbeat } from '@spanloom/wire';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { SinkObserver } from '../observer.ts';
import { partitionSink } from '../partition.ts';
import { type StoreFaults, faultyStore, noFaults } from './faulty-store.ts';

/** For tests: where the manual clock starts. At the beginning of a minute. */
export const startMs = 1_764_000_000_000;

/** For tests: the embedded ClickHouse in a temporary folder; a database for each test in it. */
export interface TestEngine {
  readonly engine: EmbeddedEngine;
  remove(): Promise<void>;
}

export async function startEngine(): Promise<TestEngine> {
  const dataDir = await mkdtemp(join(tmpdir(), 'spanloom sink '));
  const engine = await startEmbedded({ dataDir, clock: machineClock });
  return {
    engine,
    async remove() {
      await engine.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A worker under a lease, and where it reads next. */
export interface Owner {
  readonly worker: PartitionWorker;
  /** Offset that `open` answered. */
  readonly opened: number;
  next: number;
  /** From now on the lease is over. */
  loseLease(): void;
}

/** What a sink told. */
export interface Told {
  readonly claimed: number[];
  readonly expired: [from: number, to: number][];
  readonly deadLetters: number[];
  readonly folded: { service: string; what: string; count: number }[];
  fragments: number;
  lateFragments: number;
  strippedChunks: number;
  duplicateSpans: number;
  /** Offsets committed, by call. */
  readonly commits: number[];
}

/** For tests: a log with one partition, a store, and sinks that are driven by hand. */
export interface Rig {
  readonly clock: ManualClock;
  readonly store: Store;
  readonly faults: StoreFaults;
  readonly told: Told;
  readonly log: () => EmbeddedLog;
  /** Appends to `traces`; answers the offset. */
  append(record: NewRecord): Promise<number>;
  /** Lets the current cut end: moves on to the next interval, and appends a heartbeat there. */
  endCut(watermarkOffset?: number): Promise<void>;
  own(): Promise<Owner>;
  /** Lets the owner read what there is, `portion` records at a time. */
  read(owner: Owner, portion?: number): Promise<void>;
  /** Owners one after the other, each until it fails retryably; answers how many there were. */
  readUntilDone(): Promise<number>;
  records(topic: Topic): Promise<LogRecord[]>;
  /** The first column of the first row. */
  number(sql: string): Promise<number>;
  reopenLog(retentionMs: number): Promise<void>;
  remove(): Promise<void>;
}

export interface RigOptions {
  readonly cut?: Partial<StreamCut>;
  /** How many tokens ClickHouse remembers; default none, so that everything hangs on the markers. */
  readonly tokens?: number;
}

let databases = 0;

export async function makeRig({ engine }: TestEngine, options: RigOptions = {}): Promise<Rig> {
  databases += 1;
  const connection = { url: engine.url, password: engine.secret, database: `sink_${databases}` };
  // The tests' day is long ago: with the default its rows would have expired.
  await migrate(connection, { traceTtlDays: 10_000, figureTtlDays: 10_000, deduplicationWindow: options.tokens ?? 0 });
  const store = openStore(connection);
  const faults = noFaults();
  const stores = [store];
  const folder: DataDir = await makeDataDir();
  const clock = manualClock(startMs);
  let log = await folder.open({ clock, partitions: 1 });
  const cut: StreamCut = { intervalMs: 1000, maxSpans: 1_000_000, maxBytes: 1e9, ...options.cut };
  const told: Told = {
    claimed: [],
    expired: [],
    deadLetters: [],
    folded: [],
    fragments: 0,
    lateFragments: 0,
    strippedChunks: 0,
    duplicateSpans: 0,
    commits: [],
  };

  async function append(record: NewRecord): Promise<number> {
    return (await log.append('traces', 0, [record])).offset;
  }

  async function own(): Promise<Owner> {
    let lost = false;
    const lease: Lease = {
      partition: 0,
      check() {
        if (lost) throw new LeaseLostError(0);
      },
      commit: async (offset) => void told.commits.push(offset),
    };
    const observer: SinkObserver = {
      claimed: (_, position) => told.claimed.push(position),
      expired: (_, from, to) => told.expired.push([from, to]),
      stored(batch) {
        told.fragments += batch.fragments;
        told.lateFragments += batch.lateFragments;
        told.strippedChunks += batch.strippedChunks;
        told.duplicateSpans += batch.duplicateSpans;
      },
      folded: (service, what, count) => told.folded.push({ service, what, count }),
      deadLetter: (_, position) => told.deadLetters.push(position),
      released: () => undefined,
      retry: () => undefined,
    };
    // Each owner is a process of its own, and knows nothing of what the one before it stored.
    const fresh = openStore(connection);
    stores.push(fresh);
    const faulty = faultyStore(fresh, faults);
    const worker = partitionSink({ log, store: faulty, cut, names: defaultNameLimits, clock, observer }, lease);
    const opened = await worker.open();
    return { worker, opened, next: opened, loseLease: () => void (lost = true) };
  }

  async function read(owner: Owner, portion = 1000): Promise<void> {
    for (;;) {
      const records = (await log.read('traces', 0, owner.next)).slice(0, portion);
      const last = records.at(-1);
      if (last === undefined) return;
      await owner.worker.process(records);
      owner.next = last.offset + 1;
    }
  }

  return {
    clock,
    store,
    faults,
    told,
    log: () => log,
    append,
    async endCut(watermarkOffset = 0) {
      clock.moveBy(cut.intervalMs);
      const watermark = { offset: watermarkOffset, streamTimeMs: clock.now() };
      await append({ key: null, value: encodeHeartbeat({ type: 'heartbeat', watermark }) });
    },
    own,
    read,
    async readUntilDone() {
      for (let owners = 1; owners <= 200; owners += 1) {
        try {
          await read(await own());
          return owners;
        } catch (error) {
          if (!(error instanceof Error && 'retryable' in error && error.retryable === true)) throw error;
        }
      }
      throw new Error('200 owners did not get to the end');
    },
    async records(topic) {
      const { low, high } = await log.bounds(topic, 0);
      const records: LogRecord[] = [];
      for (let next = low; next < high; next = (records.at(-1)?.offset ?? high) + 1) {
        records.push(...(await log.read(topic, 0, next)));
      }
      return records;
    },
    async number(sql) {
      const [row] = await store.read.rows<Record<string, unknown>>(sql, {});
      return Number(Object.values(row ?? {})[0]);
    },
    async reopenLog(retentionMs) {
      await log.close();
      log = await folder.open({ clock, partitions: 1, retentionMs });
      await log.enforceRetention();
    },
    async remove() {
      await Promise.all(stores.map((each) => each.close()));
      await folder.discard();
    },
  };
}
