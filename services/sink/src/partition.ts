import { type Lease, type Log, LogError, type LogRecord, OffsetSet, type PartitionWorker } from '@spanloom/log';
import type { Clock, NameLimits } from '@spanloom/span';
import type { BatchId, SinkStore } from '@spanloom/store';
import type { Watermark } from '@spanloom/wire';

import { buildBatch } from './build.ts';
import { type CutRules, Cutter } from './cut.ts';
import type { SinkObserver } from './observer.ts';
import { RecentTraces } from './recent-traces.ts';
import { type TracesRecord, openBatch, toCutRecord } from './records.ts';
import { writeBatch } from './write.ts';

export interface PartitionOptions {
  readonly log: Log;
  readonly store: SinkStore;
  readonly cut: CutRules;
  readonly names: NameLimits;
  readonly clock: Clock;
  readonly observer: SinkObserver;
}

/** Late spans correct the figures of what came up to this long before them. */
const lookbackMs = 60 * 60 * 1000;
/** A trace with more earlier spans is not corrected: loading it would cost more than it is worth. */
const maxEarlierSpans = 10_000;
/** A batch without rows is recorded with the next one, or after this long. */
const emptyRecordMs = 5000;

type Records = readonly [TracesRecord, ...TracesRecord[]];

/** What the sink knows of a partition: all of it stands in the store, with the data. */
interface State {
  /** The next record of `traces` to store. */
  position: number;
  watermark: Watermark;
  readonly cutter: Cutter<TracesRecord>;
  readonly seen: OffsetSet;
  readonly recent: RecentTraces;
  /** The next batch is the first since the claim: part of it may be in the tables. */
  first: boolean;
  /** The last batch, if it had no rows and is not recorded yet. */
  unrecorded: { readonly id: BatchId; readonly sinceMs: number } | null;
}

/** The owner of one partition of `traces`: cut, strip, pair, insert, record. */
export function partitionSink(options: PartitionOptions, lease: Lease): PartitionWorker {
  const { log, store, clock, observer } = options;
  const { partition } = lease;
  const stream = log.stream.id;
  let opened: State | null = null;

  const state = (): State => {
    if (opened === null) throw new Error('the partition was not opened');
    return opened;
  };

  async function claim(): Promise<State> {
    const last = await store.lastBatch(stream, partition);
    const { low, high } = await log.bounds('traces', partition);
    const stored = last?.id.b ?? low;
    if (stored > high) {
      throw new LogError(
        `Partition ${partition} of traces ends at ${high}, but ${stored} was stored before: the topic was recreated. Start a new stream.`,
        false,
      );
    }
    if (stored < low) observer.expired(partition, stored, low);
    const position = Math.max(stored, low);
    const watermark = last?.watermark ?? { offset: 0, streamTimeMs: 0 };

    const before = { stream, partition, below: position };
    const seen = new OffsetSet(watermark.offset);
    for (const offset of await store.chunkOffsets(before, watermark.offset)) seen.add(offset);
    const recent = new RecentTraces(lookbackMs);
    if (last !== null) {
      const since = last.id.appendTimeMs - lookbackMs;
      for (const traceId of await store.traceIds(before, since)) recent.add(traceId, last.id.appendTimeMs);
    }
    observer.claimed(partition, position);
    return {
      position,
      watermark,
      cutter: new Cutter(options.cut),
      seen,
      recent,
      first: true,
      unrecorded: null,
    };
  }

  /** Stores the records as one batch; in halves if ClickHouse refuses their data, down to a dead letter. */
  async function storeBatch(records: Records, look: boolean): Promise<void> {
    const [first] = records;
    const end = records[records.length - 1] ?? first;
    const now = state();
    const id: BatchId = {
      stream,
      partition,
      a: now.position,
      b: end.offset + 1,
      appendTimeMs: first.appendTimeMs,
    };
    const batch = openBatch(records);
    const watermark = batch.watermark ?? now.watermark;
    const built = await buildBatch(
      { store, seen: now.seen, recent: now.recent, names: options.names, lookbackMs, maxEarlierSpans },
      id,
      batch,
    );
    for (const letter of batch.dead) await deadLetter(letter.record, letter.reason);
    for (const letter of built.dead) {
      await log.append('spans.dlq', 0, [letter.record], lease);
      observer.deadLetter(partition, letter.position, letter.reason);
    }

    const { fragments } = built.batch;
    const spans = fragments.reduce((sum, f) => sum + f.to - f.from, 0) - built.duplicateSpans;
    if (fragments.length === 0) {
      now.unrecorded = { id: { ...id, a: now.unrecorded?.id.a ?? id.a }, sinceMs: now.unrecorded?.sinceMs ?? clock.now() };
    } else {
      const record = { id, watermark, fragments: fragments.length, spans, duplicateSpans: built.duplicateSpans };
      const written = await writeBatch(store, lease, built.batch, record, look);
      if (!written.ok) {
        await storeRefused(records, written.reason);
        return;
      }
      now.unrecorded = null;
      for (const offset of built.chunkOffsets) now.seen.add(offset);
      for (const fragment of fragments) now.recent.add(Buffer.from(fragment.traceId, 'hex'), id.appendTimeMs);
    }
    now.position = id.b;
    now.watermark = watermark;
    now.seen.raiseFloor(watermark.offset);
    for (const folded of built.folded) {
      const service = built.batch.spans.services.values[folded.service]?.name ?? '';
      observer.folded(service, folded.column, folded.spans, folded.samples);
    }
    observer.stored({
      partition,
      fragments: fragments.length,
      spans,
      duplicateSpans: built.duplicateSpans,
      lateFragments: fragments.filter((fragment) => fragment.late).length,
      strippedChunks: built.strippedChunks,
      completeToMs: watermark.streamTimeMs,
    });
  }

  async function storeRefused(records: Records, reason: string): Promise<void> {
    const [first, ...rest] = records;
    if (rest.length === 0) {
      await deadLetter(first.record, reason);
      const now = state();
      const id = { stream, partition, a: now.position, b: first.offset + 1, appendTimeMs: first.appendTimeMs };
      await store.record({ id, watermark: now.watermark, fragments: 0, spans: 0, duplicateSpans: 0 });
      now.position = id.b;
      return;
    }
    const middle = Math.ceil(records.length / 2);
    for (const half of [records.slice(0, middle), records.slice(middle)]) {
      const [head, ...tail] = half;
      // A table may hold the whole batch already: each half is looked for first.
      if (head !== undefined) await storeBatch([head, ...tail], true);
    }
  }

  async function deadLetter(record: LogRecord, reason: string): Promise<void> {
    const headers = { topic: 'traces', partition: String(partition), offset: String(record.offset), reason };
    await log.append('spans.dlq', 0, [{ key: record.key, value: record.value, headers }], lease);
    observer.deadLetter(partition, record.offset, reason);
  }

  /** Moves the recorded position over batches without rows. */
  async function recordEmpty(): Promise<void> {
    const now = state();
    if (now.unrecorded === null || clock.now() - now.unrecorded.sinceMs < emptyRecordMs) return;
    lease.check();
    const id = { ...now.unrecorded.id, b: now.position };
    await store.record({ id, watermark: now.watermark, fragments: 0, spans: 0, duplicateSpans: 0 });
    now.unrecorded = null;
  }

  return {
    async open() {
      lease.check();
      opened = await claim();
      return opened.position;
    },

    async process(records) {
      const now = state();
      for (const record of records) {
        for (const batch of now.cutter.add(toCutRecord(record))) {
          await storeBatch(batch, now.first);
          now.first = false;
        }
      }
      await recordEmpty();
      await lease.commit(now.position, '');
    },

    async idle() {
      lease.check();
      await recordEmpty();
    },

    async close() {
      opened = null;
    },
  };
}
