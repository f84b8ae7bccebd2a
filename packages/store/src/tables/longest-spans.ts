import { createHash } from 'node:crypto';
import type { SpanTable } from '@spanloom/span';
import type { NativeColumn } from '../native/block.ts';
import { arrays, writeIntegers, writeLongs } from '../native/columns.ts';
import type { FragmentRow } from '../port.ts';
import { eachRow, serviceAt } from './span-columns.ts';

/** Durations are held in 32 bits, nanoseconds: this one stands for all that are as long, 4.3 s, or longer. */
export const longestKnownNs: number = 2 ** 32 - 2;

/**
 * Of each service and of each operation of a fragment, how long its longest span took, and its longest with an error:
 * what answers a search for them without a look at the spans, which are twenty times as many.
 */
export interface LongestSpans {
  /** By name, ascending: in the order of the column `services`. */
  readonly services: ReadonlyMap<string, Longest>;
  /** By {@link operationHash}, ascending. */
  readonly operations: ReadonlyMap<bigint, Longest>;
}

export const noLongestSpans: LongestSpans = { services: new Map(), operations: new Map() };

interface Longest {
  /** At most {@link longestKnownNs}. */
  ns: number;
  /** One more than the longest with an error took; 0 where there is none. */
  errorNs: number;
}

/** Names an operation of a service in 64 bits. That another one has the same happens once in 10^19. */
export function operationHash(service: string, operation: string): bigint {
  return createHash('sha256').update(`${service.length}:${service}${operation}`).digest().readBigUInt64LE(0);
}

/** What {@link operationHash} gives for a row of the table; each operation of a table is hashed once. */
export function operationHashes(table: SpanTable): (row: number) => bigint {
  const known = new Map<number, bigint>();
  const strings = table.strings.values;
  return (row) => {
    const operation = table.operation[row] ?? -1;
    const key = (table.service[row] ?? -1) * 2 ** 32 + operation;
    let hash = known.get(key);
    if (hash === undefined) {
      hash = operationHash(serviceAt(table, row).name, strings[operation] ?? '');
      known.set(key, hash);
    }
    return hash;
  };
}

export function longestSpansOf(table: SpanTable, fragment: FragmentRow, hashOf: (row: number) => bigint): LongestSpans {
  const services = new Map<string, Longest>();
  const operations = new Map<bigint, Longest>();
  eachRow(fragment, (row) => {
    const ns = Math.min(table.durationNs[row] ?? 0, longestKnownNs);
    const errorNs = table.status[row] === 2 ? ns + 1 : 0;
    add(services, serviceAt(table, row).name, ns, errorNs);
    add(operations, hashOf(row), ns, errorNs);
  });
  return { services: sorted(services), operations: sorted(operations) };
}

function add<K>(all: Map<K, Longest>, key: K, ns: number, errorNs: number): void {
  const longest = all.get(key);
  if (longest === undefined) {
    all.set(key, { ns, errorNs });
    return;
  }
  if (ns > longest.ns) longest.ns = ns;
  if (errorNs > longest.errorNs) longest.errorNs = errorNs;
}

function sorted<K extends string | bigint>(all: Map<K, Longest>): Map<K, Longest> {
  return new Map([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Each is an array. Read whole by a search that asks for it, so by LZ4: it is opened twice as fast as ZSTD. */
const columns = {
  service_longest_ns: 'UInt32',
  service_longest_error_ns: 'UInt32',
  operation_hashes: 'UInt64',
  operation_longest_ns: 'UInt32',
  operation_longest_error_ns: 'UInt32',
} as const;

/** Statements that give the columns to a table of fragments. In a row from before they are empty. */
export function addLongestSpans(dataTable: string): string[] {
  return Object.entries(columns).map(
    ([name, type]) => `ALTER TABLE ${dataTable} ADD COLUMN IF NOT EXISTS ${name} Array(${type}) CODEC(LZ4)`,
  );
}

/** The columns of these rows. */
export function longestSpansColumns(rows: readonly LongestSpans[]): NativeColumn[] {
  const durations = (
    name: Exclude<keyof typeof columns, 'operation_hashes'>,
    valuesOf: (row: LongestSpans) => readonly number[],
  ): NativeColumn => {
    const values = rows.map(valuesOf);
    return arrays(name, columns[name], lengthsOf(values), (bytes) =>
      writeIntegers(bytes, columns[name], values.flat()),
    );
  };
  const hashes = rows.map(({ operations }) => [...operations.keys()]);
  return [
    durations('service_longest_ns', ({ services }) => Array.from(services.values(), ({ ns }) => ns)),
    durations('service_longest_error_ns', ({ services }) => Array.from(services.values(), ({ errorNs }) => errorNs)),
    arrays('operation_hashes', columns.operation_hashes, lengthsOf(hashes), (bytes) =>
      writeLongs(bytes, hashes.flat()),
    ),
    durations('operation_longest_ns', ({ operations }) => Array.from(operations.values(), ({ ns }) => ns)),
    durations('operation_longest_error_ns', ({ operations }) =>
      Array.from(operations.values(), ({ errorNs }) => errorNs),
    ),
  ];
}

function lengthsOf(lists: readonly (readonly unknown[])[]): number[] {
  return lists.map((list) => list.length);
}
