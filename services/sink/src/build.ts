import type { OffsetSet } from '@spanloom/log';
import {
  type FoldedNames,
  FigureSums,
  type NameLimits,
  SpanTable,
  type TraceId,
  createNameFold,
  dropDuplicates,
  rowsOf,
} from '@spanloom/span';
import type { Batch, BatchId, Before, EarlierTrace, FragmentRow, SinkStore } from '@spanloom/store';
import { type TraceChunk, type TraceRecord, decompress, skimBody } from '@spanloom/wire';

import { isShifted, minuteOf } from './minute.ts';
import type { RecentTraces } from './recent-traces.ts';
import { type DeadLetter, type OpenedBatch, deadChunk } from './records.ts';

export interface BuildOptions {
  readonly store: SinkStore;
  /** Chunks that stand before the batch. Read only. */
  readonly seen: OffsetSet;
  /** Traces that may stand before the batch. Read only. */
  readonly recent: RecentTraces;
  readonly names: NameLimits;
  /** Fragments appended up to this long before the batch are corrected. */
  readonly lookbackMs: number;
  /** A trace with more earlier spans than this is not corrected. */
  readonly maxEarlierSpans: number;
}

/** A batch that is ready to be inserted, and what it was made of. */
export interface Built {
  readonly batch: Batch;
  /** Offsets of the chunks in it. */
  readonly chunkOffsets: readonly number[];
  /** Ids of its traces, 16 bytes each. */
  readonly traceIds: readonly Uint8Array[];
  readonly strippedChunks: number;
  readonly storedSpans: number;
  readonly duplicateSpans: number;
  readonly folded: readonly FoldedNames[];
  /** Chunks whose bodies cannot be read. */
  readonly dead: readonly DeadLetter[];
}

/** A record of the batch, its spans in the table. */
interface Draft {
  readonly position: number;
  readonly value: TraceRecord;
  readonly from: number;
  readonly to: number;
  readonly chunkOffsets: readonly number[];
  readonly truncated: boolean;
}

/** What the batch brings of one trace. */
interface TraceDrafts {
  readonly traceId: TraceId;
  /** 16 bytes. */
  readonly idBytes: Uint8Array;
  readonly drafts: Draft[];
}

/**
 * Makes a batch out of its records. The outcome depends on the records and on what stands before
 * them in the store, never on time or on who builds it.
 */
export async function buildBatch(options: BuildOptions, id: BatchId, opened: OpenedBatch): Promise<Built> {
  const table = new SpanTable();
  const taken = takeChunks(options.seen, id.partition, table, opened);
  const spansEnd = table.length;
  const shifted = setMinutes(table, id.appendTimeMs);

  const fold = createNameFold(table, options.names);
  fold.fold(0, spansEnd);

  const traces = byTrace(taken.drafts);
  const earlier = await earlierSpans(options, id, traces, table);
  const sums = new FigureSums(table);
  const fragments: FragmentRow[] = [];
  let duplicateSpans = 0;
  for (const { traceId, drafts } of traces) {
    const stored = earlier.get(traceId);
    const kept = countTrace(sums, table, traceId, drafts, stored);
    for (const [i, draft] of drafts.entries()) {
      const rows = kept === null ? null : kept.filter((row) => row >= draft.from && row < draft.to);
      const dropped = rows === null ? 0 : draft.to - draft.from - rows.length;
      duplicateSpans += dropped;
      fragments.push({
        traceId,
        position: draft.position,
        from: draft.from,
        to: draft.to,
        ...(rows !== null && dropped > 0 && { rows }),
        reason: draft.value.reason,
        wholeness: draft.value.wholeness,
        part: draft.value.part,
        parts: draft.value.parts,
        chunkOffsets: draft.chunkOffsets,
        duplicateSpans: dropped,
        unlinked: stored?.tooLarge ?? false,
        late: stored !== undefined || (i > 0 && draft.value.part === 0),
        truncated: draft.truncated,
        timeShifted: shifted.size > 0 && (rows ?? rowsOf(draft)).some((row) => shifted.has(row)),
      });
    }
  }
  fragments.sort((x, y) => x.position - y.position);
  return {
    batch: { id, spans: table, fragments, figures: sums.figures() },
    chunkOffsets: taken.drafts.flatMap((draft) => draft.chunkOffsets),
    traceIds: traces.map(({ idBytes }) => idBytes),
    strippedChunks: taken.stripped,
    storedSpans: spansEnd - duplicateSpans,
    duplicateSpans,
    folded: fold.folded(),
    dead: taken.dead,
  };
}

/** Sets the minute of every row; answers the rows whose time is not believed. */
function setMinutes(table: SpanTable, appendTimeMs: number): ReadonlySet<number> {
  const { startMs, minute } = table;
  const shifted = new Set<number>();
  for (let row = 0; row < table.length; row++) {
    const start = startMs[row] as number;
    minute[row] = minuteOf(start, appendTimeMs);
    if (isShifted(start, appendTimeMs)) shifted.add(row);
  }
  return shifted;
}

function byTrace(drafts: readonly Draft[]): TraceDrafts[] {
  const traces = new Map<TraceId, TraceDrafts>();
  for (const draft of drafts) {
    const { traceId } = draft.value;
    const known = traces.get(traceId);
    if (known === undefined) traces.set(traceId, { traceId, idBytes: Buffer.from(traceId, 'hex'), drafts: [draft] });
    else known.drafts.push(draft);
  }
  return [...traces.values()];
}

/** Loads what the store has of these traces into the table, behind the rows of the batch. */
async function earlierSpans(
  { store, recent, lookbackMs, maxEarlierSpans }: BuildOptions,
  id: BatchId,
  traces: readonly TraceDrafts[],
  table: SpanTable,
): Promise<ReadonlyMap<TraceId, EarlierTrace>> {
  const known = traces.filter(({ idBytes }) => recent.mayHave(idBytes)).map(({ traceId }) => traceId);
  if (known.length === 0) return new Map();
  const before: Before = { stream: id.stream, partition: id.partition, below: id.a };
  return await store.earlierSpans(before, id.appendTimeMs - lookbackMs, known, maxEarlierSpans, table);
}

/**
 * Adds what the drafts change in the figures of their trace. Answers the rows of the batch that are
 * no duplicates, ascending; null if none is.
 */
function countTrace(
  sums: FigureSums,
  table: SpanTable,
  traceId: TraceId,
  drafts: readonly Draft[],
  stored: EarlierTrace | undefined,
): Int32Array | null {
  const corrected = stored === undefined || stored.tooLarge ? [] : [stored];
  const all = dropDuplicates(table, rowsOf(...corrected, ...drafts));
  sums.add(traceId, all.rows, 1);
  for (const before of corrected) sums.add(traceId, rowsOf(before), -1);
  if (all.dropped === 0) return null;
  const end = drafts.at(-1)?.to ?? 0;
  return all.rows.filter((row) => row < end);
}

interface TakenChunks {
  readonly drafts: readonly Draft[];
  readonly stripped: number;
  readonly dead: Built['dead'];
}

/** Opens the chunks that were not stored before, each once. */
function takeChunks(seen: OffsetSet, partition: number, table: SpanTable, opened: OpenedBatch): TakenChunks {
  const mine = new Set<number>();
  const drafts: Draft[] = [];
  const dead: DeadLetter[] = [];
  let stripped = 0;
  for (const { position, value } of opened.traces) {
    const from = table.length;
    const offsets: number[] = [];
    let truncated = false;
    for (const chunk of value.chunks) {
      if (seen.has(chunk.offset) || mine.has(chunk.offset)) {
        stripped++;
        continue;
      }
      mine.add(chunk.offset);
      const reason = openChunk(table, chunk);
      if (reason === null) {
        offsets.push(chunk.offset);
        truncated ||= chunk.truncated;
      } else dead.push(deadChunk(value.traceId, chunk, { partition, position }, reason));
    }
    if (offsets.length > 0) drafts.push({ position, value, from, to: table.length, chunkOffsets: offsets, truncated });
  }
  return { drafts, stripped, dead };
}

/** Adds the chunk's spans to the table; answers why not, if the body cannot be read. */
function openChunk(table: SpanTable, chunk: TraceChunk): string | null {
  const body = decompress(chunk.codec, chunk.body, chunk.bodyBytes);
  if (!body.ok) return body.error.message;
  const before = table.length;
  const skimmed = skimBody(table, body.value);
  if (skimmed.ok) return null;
  table.truncate(before);
  return skimmed.error.message;
}
