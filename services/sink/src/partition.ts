import { type Lease, type Log, LogError, type PartitionWorker, type StreamCut } from '@spanloom/log';
import type { Clock, NameLimits } from '@spanloom/span';
import type { BatchId, SinkStore } from '@spanloom/store';

import { type Built, buildBatch } from './build.ts';
import { type State, claim } from './claim.ts';
import { Cutter } from './cut.ts';
import type { SinkObserver } from './observer.ts';
import { type DeadLetter, type TracesRecord, deadRecord, openBatch, toCutRecord } from './records.ts';
import { writeBatch } from './write.ts';

export interface PartitionOptions {
  readonly log: Log;
  readonly store: SinkStore;
  readonly cut: StreamCut;
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

/** A cut, or a half of one that was refused, or a half of that. */
interface Piece {
  readonly records: Records;
  /** Where its cut begins. */
  readonly cutFrom: number;
  /** Tables may hold it already. */
  readonly look: boolean;
}

/** The owner of one partition of `traces`: cut, strip, pair, insert, record. */
export function partitionSink(options: PartitionOptions, lease: Lease): PartitionWorker {
  const { log, store, clock, observer } = options;
  const { partition } = lease;
  const { id: stream, partitions } = log.stream;
  const cutter = new Cutter<TracesRecord>({ cut: options.cut, partition, partitions });
  let opened: State | null = null;
  let committed: number | null = null;

  const state = (): State => {
    if (opened === null) throw new Error('the partition was not opened');
    return opened;
  };

  /** Stores the piece as one batch; in halves if ClickHouse refuses its data, down to a dead letter. */
  async function storePiece(piece: Piece): Promise<void> {
    const { records } = piece;
    const [first] = records;
    const end = (records.at(-1) ?? first).offset + 1;
    const now = state();
    if (end <= now.position) return;
    // Stored in part: the owner before this one was refused it as a whole.
    if (first.offset < now.position) {
      await storeHalves(piece);
      return;
    }
    const id: BatchId = { stream, partition, a: now.position, b: end, appendTimeMs: first.appendTimeMs };
    const batch = openBatch(partition, records);
    const built = await buildBatch(
      { store, seen: now.seen, recent: now.recent, names: options.names, lookbackMs, maxEarlierSpans },
      id,
      batch,
    );
    const letters = [...batch.dead, ...built.dead];
    const watermark = batch.watermark ?? now.watermark;
    if (built.batch.fragments.length === 0) {
      await sendToDlq(letters);
      const a = now.unrecorded?.id.a ?? piece.cutFrom;
      now.unrecorded = { id: { ...id, a }, sinceMs: now.unrecorded?.sinceMs ?? clock.now() };
    } else {
      const written = await writeBatch(store, lease, built.batch, piece.look);
      if (!written.ok) {
        if (records.length === 1) await buryRecord(first, piece.cutFrom, written.reason);
        else await storeHalves(piece);
        return;
      }
      await sendToDlq(letters);
      await record({ ...id, a: piece.cutFrom }, watermark, built);
      now.look = false;
      for (const offset of built.chunkOffsets) now.seen.add(offset);
      for (const traceId of built.traceIds) now.recent.add(traceId, id.appendTimeMs);
    }
    now.position = id.b;
    now.watermark = watermark;
    now.seen.raiseFloor(watermark.offset);
    tell(built);
  }

  async function storeHalves({ records, cutFrom }: Piece): Promise<void> {
    const middle = Math.ceil(records.length / 2);
    for (const half of [records.slice(0, middle), records.slice(middle)]) {
      const [head, ...tail] = half;
      // A table may hold the whole piece already: each half is looked for first.
      if (head !== undefined) await storePiece({ records: [head, ...tail], cutFrom, look: true });
    }
  }

  /** A record that ClickHouse refuses by itself is handled once it is in `spans.dlq`. */
  async function buryRecord(
    { record: refused, appendTimeMs }: TracesRecord,
    cutFrom: number,
    reason: string,
  ): Promise<void> {
    const now = state();
    await sendToDlq([deadRecord(refused, partition, reason)]);
    await record({ stream, partition, a: cutFrom, b: refused.offset + 1, appendTimeMs }, now.watermark, null);
    now.position = refused.offset + 1;
  }

  async function sendToDlq(letters: readonly DeadLetter[]): Promise<void> {
    for (const { record: letter, position, reason } of letters) {
      await log.append('spans.dlq', 0, [letter], lease);
      observer.deadLetter(partition, position, reason);
    }
  }

  /** Moves the position in the store: all below b is handled from here on. */
  async function record(id: BatchId, watermark: State['watermark'], built: Built | null): Promise<void> {
    lease.check();
    await store.record({
      id,
      watermark,
      fragments: built?.batch.fragments.length ?? 0,
      spans: built?.storedSpans ?? 0,
      duplicateSpans: built?.duplicateSpans ?? 0,
    });
    state().unrecorded = null;
    state().recordedTo = id.b;
  }

  /** Moves the recorded position over batches without rows. */
  async function recordEmpty(): Promise<void> {
    const { unrecorded, watermark } = state();
    if (unrecorded === null || clock.now() - unrecorded.sinceMs < emptyRecordMs) return;
    await record(unrecorded.id, watermark, null);
  }

  function tell(built: Built): void {
    for (const folded of built.folded) {
      const service = built.batch.spans.services.values[folded.service]?.name ?? '';
      observer.folded(service, folded.column, folded.spans, folded.samples);
    }
    observer.stored({
      partition,
      fragments: built.batch.fragments.length,
      spans: built.storedSpans,
      duplicateSpans: built.duplicateSpans,
      lateFragments: built.batch.fragments.filter((fragment) => fragment.late).length,
      strippedChunks: built.strippedChunks,
      seenRanges: state().seen.ranges,
      completeToMs: state().watermark.streamTimeMs,
    });
  }

  return {
    async open() {
      lease.check();
      const { state: claimed, readFrom } = await claim({ log, store, observer, partition, lookbackMs });
      opened = claimed;
      return readFrom;
    },

    async process(records) {
      const now = state();
      for (const each of records) {
        for (const cut of cutter.add(toCutRecord(each))) {
          await storePiece({ records: cut, cutFrom: cut[0].offset, look: now.look });
        }
      }
      await recordEmpty();
      // Most calls bring the part of a batch only.
      if (now.position === committed) return;
      await lease.commit(now.position, '');
      committed = now.position;
    },

    async idle() {
      lease.check();
      await recordEmpty();
    },

    async resume() {
      lease.check();
      const now = state();
      const last = await store.lastBatch(stream, partition);
      if ((last?.id.b ?? null) !== now.recordedTo) {
        throw new LogError(
          `Partition ${partition} of traces was stored further by another sink; reading its position.`,
          true,
        );
      }
      // It may have died with part of the next batch in the tables.
      now.look = true;
    },

    async close() {
      opened = null;
      observer.released(partition);
    },
  };
}
