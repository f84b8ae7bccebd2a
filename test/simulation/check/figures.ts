import type { LogRecord } from '@spanloom/log';
import {
  type EdgeFigures,
  type Figures,
  FigureSums,
  type OperationFigures,
  SpanTable,
  createNameFold,
  dropDuplicates,
} from '@spanloom/span';
import { decodeSpansRecord, decompress, skimBody } from '@spanloom/wire';

import { copyRow } from '../ports/store.ts';

/** Sums by key, as people would read them. */
export class Totals {
  readonly #sums: Map<string, Map<string, number>> = new Map();

  add(figures: Pick<Figures, 'edges'> | null, operations: Pick<Figures, 'operations'> | null): void {
    for (const [key, edge] of figures?.edges ?? []) this.#addAll(`edge ${key}`, edgeSums(edge));
    for (const [key, each] of operations?.operations ?? []) this.#addAll(`operation ${key}`, operationSums(each));
  }

  #addAll(key: string, values: Iterable<readonly [string, number]>): void {
    const sums = this.#sums.get(key) ?? new Map<string, number>();
    this.#sums.set(key, sums);
    for (const [name, value] of values) sums.set(name, (sums.get(name) ?? 0) + value);
  }

  /** What differs, a line each; empty if nothing does. */
  differences(expected: Totals): string[] {
    const lines: string[] = [];
    for (const key of new Set([...this.#sums.keys(), ...expected.#sums.keys()])) {
      const mine = this.#sums.get(key) ?? new Map<string, number>();
      const theirs = expected.#sums.get(key) ?? new Map<string, number>();
      for (const name of new Set([...mine.keys(), ...theirs.keys()])) {
        const [is, must] = [mine.get(name) ?? 0, theirs.get(name) ?? 0];
        if (is !== must) lines.push(`${key}: ${name} is ${is}, must be ${must}`);
      }
    }
    return lines;
  }
}

function* edgeSums(edge: EdgeFigures): Iterable<readonly [string, number]> {
  yield ['calls', edge.calls];
  yield ['sampled', edge.sampledCalls];
  yield ['client errors', edge.clientErrors];
  yield ['server errors', edge.serverErrors];
  yield ['unpaired', edge.unpaired];
  for (const [bucket, count] of edge.clientDuration) yield [`client bucket ${bucket}`, count];
  for (const [bucket, count] of edge.serverDuration) yield [`server bucket ${bucket}`, count];
}

function* operationSums(each: OperationFigures): Iterable<readonly [string, number]> {
  yield ['calls', each.calls];
  yield ['sampled', each.sampledCalls];
  yield ['errors', each.errors];
  yield ['own errors', each.originErrors];
  yield ['self time', each.selfTimeNs];
  yield ['critical path', each.criticalPathNs];
  yield ['local spans', each.localSpans];
  for (const [bucket, count] of each.duration) yield [`bucket ${bucket}`, count];
}

/** A fragment as the log has it. */
export interface LedgerFragment {
  readonly traceId: string;
  readonly appendTimeMs: number;
  readonly chunks: readonly number[];
}

const hourMs = 3_600_000;
/** Fragments of a trace that lie closer than this are counted as one: nothing in a run lies near an hour apart. */
const nearMs = 20 * 60_000;
const dayMs = 24 * hourMs;

/** The figures of all these fragments: each trace counted as if its spans had come at once, as far as an hour reaches back. */
export function ledgerFigures(spans: readonly LogRecord[], fragments: readonly LedgerFragment[]): Totals {
  const totals = new Totals();
  const byTrace = new Map<string, LedgerFragment[]>();
  for (const fragment of fragments) byTrace.set(fragment.traceId, [...(byTrace.get(fragment.traceId) ?? []), fragment]);
  const table = new SpanTable();
  const sums = new FigureSums(table);
  for (const [traceId, ofTrace] of byTrace) {
    const kept: { readonly rows: Int32Array; readonly atMs: number }[] = [];
    for (const cluster of clusters(ofTrace)) {
      const atMs = cluster[0]?.appendTimeMs ?? 0;
      const from = table.length;
      for (const fragment of cluster) addSpans(table, spans, fragment);
      createNameFold(table).fold(from, table.length);
      const mine = Int32Array.from({ length: table.length - from }, (_, i) => from + i);
      const earlier = Int32Array.from(
        kept.filter((each) => each.atMs >= atMs - hourMs).flatMap((each) => [...each.rows]),
      );
      // As the store gives them back: without marks.
      const loaded = Int32Array.from(earlier, (row) => {
        copyRow(table, row, table);
        return table.length - 1;
      });
      const all = dropDuplicates(table, Int32Array.from([...loaded, ...mine])).rows;
      sums.add(traceId, all, 1);
      if (loaded.length > 0) sums.add(traceId, loaded, -1);
      kept.push({ rows: all.filter((row) => row >= from && row < from + mine.length), atMs });
    }
  }
  const figures = sums.figures();
  totals.add(figures, figures);
  return totals;
}

function clusters(fragments: readonly LedgerFragment[]): LedgerFragment[][] {
  const made: LedgerFragment[][] = [];
  for (const fragment of fragments) {
    const last = made.at(-1)?.at(-1);
    if (last !== undefined && fragment.appendTimeMs - last.appendTimeMs < nearMs) made.at(-1)?.push(fragment);
    else made.push([fragment]);
  }
  return made;
}

function addSpans(table: SpanTable, spans: readonly LogRecord[], { chunks, appendTimeMs }: LedgerFragment): void {
  for (const offset of chunks) {
    const record = decodeSpansRecord(spans[offset]?.value ?? Buffer.alloc(0));
    if (!record.ok) throw new Error(`chunk ${offset} cannot be read`);
    const { codec, body, index } = record.value;
    const plain = decompress(codec, body, index.bodyBytes);
    const from = table.length;
    if (!plain.ok || !skimBody(table, plain.value).ok) throw new Error(`the body of chunk ${offset} cannot be read`);
    for (let row = from; row < table.length; row++) {
      const start = table.startMs[row] ?? 0;
      const believed = start >= appendTimeMs - 7 * dayMs && start <= appendTimeMs + hourMs;
      table.minute[row] = Math.floor((believed ? start : appendTimeMs) / 60_000);
    }
  }
}
