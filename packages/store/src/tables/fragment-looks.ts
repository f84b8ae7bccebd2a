import type { Service, SpanTable } from '@spanloom/span';
import type { FragmentRow } from '../port.ts';
import { longestSpansOf, type LongestSpans } from './longest-spans.ts';
import { eachRow, serviceAt } from './span-columns.ts';

/** What a list of traces shows of a fragment. */
export interface Looks {
  readonly spans: number;
  readonly errors: number;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly longest: LongestSpans;
  /** Of the root span, or of the earliest where no root is here. */
  readonly service: Service;
  readonly operation: string;
  readonly hasRoot: boolean;
}

const maxNs = 2n ** 64n - 1n;

/** `hashOf`: of the operation in a row; see `operationHashes`. */
export function looksOf(table: SpanTable, fragment: FragmentRow, hashOf: (row: number) => bigint): Looks {
  let spans = 0;
  let errors = 0;
  let first = -1;
  let rootRow = -1;
  let endMs = 0;
  let endSubNs = 0;
  eachRow(fragment, (row) => {
    spans++;
    if (table.status[row] === 2) errors++;
    if (first === -1 || before(table, row, first)) first = row;
    if (rootRow === -1 && table.parentHi[row] === 0 && table.parentLo[row] === 0) rootRow = row;
    const subNs = (table.startSubNs[row] ?? 0) + (table.durationNs[row] ?? 0);
    const ms = (table.startMs[row] ?? 0) + Math.floor(subNs / 1_000_000);
    if (ms > endMs || (ms === endMs && subNs % 1_000_000 > endSubNs)) {
      endMs = ms;
      endSubNs = subNs % 1_000_000;
    }
  });
  const shown = rootRow === -1 ? first : rootRow;
  return {
    spans,
    errors,
    startNs: nanosecondsOf(table.startMs[first] ?? 0, table.startSubNs[first] ?? 0),
    endNs: nanosecondsOf(endMs, endSubNs),
    longest: longestSpansOf(table, fragment, hashOf),
    service: serviceAt(table, shown),
    operation: table.strings.values[table.operation[shown] ?? -1] ?? '',
    hasRoot: rootRow !== -1,
  };
}

function before(table: SpanTable, a: number, b: number): boolean {
  const ms = (table.startMs[a] ?? 0) - (table.startMs[b] ?? 0);
  return ms < 0 || (ms === 0 && (table.startSubNs[a] ?? 0) < (table.startSubNs[b] ?? 0));
}

function nanosecondsOf(ms: number, subNs: number): bigint {
  const ns = BigInt(ms) * 1_000_000n + BigInt(subNs);
  return ns > maxNs ? maxNs : ns;
}
