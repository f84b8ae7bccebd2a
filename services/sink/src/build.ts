import type { NewRecord, OffsetSet } from '@spanloom/log';
import { type FoldedNames, FigureSums, type NameLimits, SpanTable, type TraceId, createNameFold, dropDuplicates } from '@spanloom/span';
import type { Batch, BatchId, Before, FragmentRow, SinkStore } from '@spanloom/store';
import { type TraceChunk, type TraceRecord, decompress, skimBody } from '@spanloom/wire';

import { isShifted, minuteOf } from './minute.ts';
import type { RecentTraces } from './recent-traces.ts';
import type { OpenedBatch } from './records.ts';

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
  readonly strippedChunks: number;
  readonly duplicateSpans: number;
  readonly folded: readonly FoldedNames[];
  /** Chunks whose bodies cannot be read. */
  readonly dead: readonly { readonly position: number; readonly reason: string; readonly record: NewRecord }[];
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

/**
 * Makes a batch out of its records. The outcome depends on the records and on what stands before
 * them in the store, never on time or on who builds it.
 */
export async function buildBatch(options: BuildOptions, id: BatchId, opened: OpenedBatch): Promise<Built> {
  const table = new SpanTable();
  const taken = takeChunks(options.seen, id.partition, table, opened);
  const spansEnd = table.length;
  for (let row = 0; row < spansEnd; row++) {
    table.minute[row] = minuteOf(table.startMs[row] as number, id.appendTimeMs);
  }

  const fold = createNameFold(table, options.names);
  fold.fold(0, spansEnd);

  const byTrace = new Map<TraceId, Draft[]>();
  for (const draft of taken.drafts) {
    const drafts = byTrace.get(draft.value.traceId);
    if (drafts === undefined) byTrace.set(draft.value.traceId, [draft]);
    else drafts.push(draft);
  }

  const before: Before = { stream: id.stream, partition: id.partition, below: id.a };
  const known = [...byTrace.keys()].filter((traceId) => options.recent.mayHave(Buffer.from(traceId, 'hex')));
  const since = id.appendTimeMs - options.lookbackMs;
  const earlier =
    known.length === 0
      ? new Map<TraceId, never>()
      : await options.store.earlierSpans(before, since, known, options.maxEarlierSpans, table);

  const sums = new FigureSums(table);
  const fragments: FragmentRow[] = [];
  let duplicateSpans = 0;
  for (const [traceId, drafts] of byTrace) {
    const stored = earlier.get(traceId);
    const corrects = stored !== undefined && !stored.tooLarge;
    const storedRows = corrects ? rowRange(stored.from, stored.to) : [];
    const all = dropDuplicates(table, [...storedRows, ...drafts.flatMap((draft) => rowRange(draft.from, draft.to))]);
    sums.add(traceId, all.rows, 1);
    if (corrects) sums.add(traceId, dropDuplicates(table, storedRows).rows, -1);

    const kept = [...all.rows].filter((row) => row < spansEnd);
    for (const [i, draft] of drafts.entries()) {
      const rows = Int32Array.from(kept.filter((row) => row >= draft.from && row < draft.to));
      const dropped = draft.to - draft.from - rows.length;
      duplicateSpans += dropped;
      fragments.push({
        traceId,
        position: draft.position,
        from: draft.from,
        to: draft.to,
        ...(dropped > 0 && { rows }),
        reason: draft.value.reason,
        wholeness: draft.value.wholeness,
        part: draft.value.part,
        parts: draft.value.parts,
        chunkOffsets: draft.chunkOffsets,
        duplicateSpans: dropped,
        unlinked: stored?.tooLarge ?? false,
        late: stored !== undefined || (i > 0 && draft.value.part === 0),
        truncated: draft.truncated,
        timeShifted: rows.some((row) => isShifted(table.startMs[row] as number, id.appendTimeMs)),
      });
    }
  }
  fragments.sort((x, y) => x.position - y.position);
  return {
    batch: { id, spans: table, fragments, figures: sums.figures() },
    chunkOffsets: taken.drafts.flatMap((draft) => draft.chunkOffsets),
    strippedChunks: taken.stripped,
    duplicateSpans,
    folded: fold.folded(),
    dead: taken.dead,
  };
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
  const dead: { position: number; reason: string; record: NewRecord }[] = [];
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
      } else dead.push({ position, reason, record: deadLetter(partition, value.traceId, chunk, reason) });
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
  table.length = before;
  return skimmed.error.message;
}

function deadLetter(partition: number, traceId: TraceId, chunk: TraceChunk, reason: string): NewRecord {
  return {
    key: Buffer.from(traceId, 'hex'),
    value: chunk.body,
    headers: { topic: 'spans', partition: String(partition), offset: String(chunk.offset), reason },
  };
}

function rowRange(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
