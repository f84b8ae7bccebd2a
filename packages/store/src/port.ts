/**
 * What the sink needs of the store. One adapter: ClickHouse over HTTP, be it a server or the
 * embedded engine. See docs/architecture.md for why this makes each batch count once.
 */
import type { CloseReason, Figures, SpanTable, TraceId, Wholeness } from '@spanloom/span';

/**
 * Tables that a batch is written to, in this order; `sink_batches` comes last, through `record`.
 * Fragments after figures: what stands in `fragments` is corrected by what comes late, so it must
 * have been counted. A record that ClickHouse refused elsewhere then is in no sum and no fragment.
 */
export const batchTables = ['resources', 'spans', 'edges_minute', 'operations_minute', 'fragments'] as const;
export type BatchTable = (typeof batchTables)[number];

/** Records [a, b) of a partition of `traces`. The log cuts the batches: whoever reads makes the same ones. */
export interface BatchId {
  readonly stream: string;
  readonly partition: number;
  readonly a: number;
  readonly b: number;
  /** Append time of the first record, Unix milliseconds. Its UTC day is the ClickHouse partition of all rows. */
  readonly appendTimeMs: number;
}

/** One record of `traces` that the batch stores: rows `from` to `to` of the span table. */
export interface FragmentRow {
  readonly traceId: TraceId;
  /** Offset in `traces`. */
  readonly position: number;
  readonly from: number;
  readonly to: number;
  /** The rows that are stored, ascending, where duplicates leave holes in `from` to `to`; absent: all of them. */
  readonly rows?: Int32Array;
  readonly reason: CloseReason;
  readonly wholeness: Wholeness;
  readonly part: number;
  readonly parts: number;
  /** Offsets in `spans` of the chunks that are stored with this fragment. */
  readonly chunkOffsets: readonly number[];
  /** Spans dropped because a span of that id and kind was there before. */
  readonly duplicateSpans: number;
  /** The trace had earlier fragments that were too many or too large to correct: counted by itself. */
  readonly unlinked: boolean;
  /** Came after another fragment of the trace. */
  readonly late: boolean;
  /** Attributes were cut at the gateway. */
  readonly truncated: boolean;
  /** A span's time was too far from its append: counted in the minute of the append. */
  readonly timeShifted: boolean;
}

/** What a batch puts into the tables: a pure function of the log below b and the rows below a. */
export interface Batch {
  readonly id: BatchId;
  readonly spans: SpanTable;
  readonly fragments: readonly FragmentRow[];
  readonly figures: Figures;
}

/** A row of `sink_batches`: the position of the sink, and how far the figures are complete. */
export interface BatchRecord {
  /** Its `a` is where the cut begins that b stands in: below the batch's own where that was a half of a refused one. */
  readonly id: BatchId;
  /** From the last record below b that carried one. */
  readonly watermark: { readonly offset: number; readonly streamTimeMs: number };
  readonly fragments: number;
  readonly spans: number;
  readonly duplicateSpans: number;
}

/** A trace that the store holds already, as rows `from` to `to` of the table it was loaded into. */
export interface EarlierTrace {
  readonly from: number;
  readonly to: number;
  /** There were more spans than asked for: not loaded, `from === to`. */
  readonly tooLarge: boolean;
}

/** Looks at fragments of `stream` and `partition` that stand before offset `below` of `traces`. */
export interface Before {
  readonly stream: string;
  readonly partition: number;
  readonly below: number;
}

export interface SinkStore {
  /** The record with the highest b, or null. */
  lastBatch(stream: string, partition: number): Promise<BatchRecord | null>;
  /** Chunk offsets at or above `fromOffset` that are stored. In no order. */
  chunkOffsets(before: Before, fromOffset: number): Promise<readonly number[]>;
  /** Ids of the traces with a fragment appended at or after `sinceMs`; 16 bytes each. May repeat. */
  traceIds(before: Before, sinceMs: number): Promise<readonly Uint8Array[]>;
  /**
   * Adds the stored spans of these traces (fragments appended at or after `sinceMs`) to `into`, in
   * `traces` order, with the keys that they were counted under. Traces without any are left out.
   */
  earlierSpans(
    before: Before,
    sinceMs: number,
    traceIds: readonly TraceId[],
    maxSpansPerTrace: number,
    into: SpanTable,
  ): Promise<ReadonlyMap<TraceId, EarlierTrace>>;
  /** Whether the table holds this batch (its marker is at or above b). */
  hasBlock(table: BatchTable, id: BatchId): Promise<boolean>;
  /**
   * Inserts the batch's rows and its marker as one block under the token `table/stream/partition/a-b`; from the second
   * `attempt` on (counted from 1, which is the default) its number follows. Resolves with false where it left out
   * both because rows of the batch would only repeat what is there, as those of `resources` do.
   * Rejects with a {@link StoreError}; unless `refused`, the block may or may not be there.
   */
  insert(table: BatchTable, batch: Batch, attempt?: number): Promise<boolean>;
  /** Writes the row of `sink_batches`. A repeat changes nothing. */
  record(record: BatchRecord): Promise<void>;
}
