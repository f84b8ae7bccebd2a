import { indexAttributeHashes, indexAttributePairs, indexAttributeTokens } from '../tables/attribute-pairs.ts';
import { createAudits } from '../tables/audits.ts';
import { tables } from '../tables/index.ts';
import { addLocalSpans } from '../tables/local-spans.ts';
import { addLongestSpans } from '../tables/longest-spans.ts';
import { createKept } from '../tables/kept.ts';
import type { TableOptions } from '../tables/options.ts';
import { durable, mergeMoreAtOnce, withoutStatistics } from '../tables/options.ts';
import { createRollupTables, levelTables } from '../tables/rollups.ts';
import { createSinkBatches } from '../tables/sink-batches.ts';
import type { Access } from './access.ts';
import { addLinkedTraces, indexLinkedTracesCoarsely } from '../tables/spans.ts';

/** A step from one shape of the database to the next. Statements change nothing when they run again. */
export interface Migration {
  /** Counts from 1 without gaps; what was published keeps its number and its statements for ever. */
  readonly number: number;
  readonly name: string;
  statements(options: TableOptions): readonly string[];
  /** Which service may read and write what it makes. */
  readonly access?: Access;
}

const data = Object.values(tables).map((table) => table.dataTable);
const views = Object.keys(tables);
const rolled = [...levelTables.map(({ dataTable }) => dataTable), 'rollup_runs', 'rollup_claims'];
const kept = ['kept_fragments', 'kept_resources', 'kept_spans', 'kept_traces'];

export const migrations: readonly Migration[] = [
  {
    number: 1,
    name: 'tables',
    statements: (options) => [
      ...Object.values(tables).flatMap((table) => table.create(options)),
      ...createSinkBatches(options),
    ],
    access: {
      sink: { reads: [...data, 'sink_batches'], writes: [...data, 'sink_batches'] },
      query: { reads: [...data, ...views, 'sink_batches'] },
      rollup: { reads: ['edges_minute_data', 'operations_minute_data', 'sink_batches'] },
      audit: { reads: ['fragments_data', 'spans_data', 'sink_batches'] },
    },
  },
  {
    number: 2,
    name: 'rollups',
    statements: createRollupTables,
    access: {
      rollup: { reads: rolled, writes: rolled },
      query: { reads: [...rolled, ...['edges', 'operations'].flatMap((name) => [`${name}_hour`, `${name}_day`])] },
    },
  },
  {
    number: 3,
    name: 'links between traces, kept traces',
    // In this order: what is kept has the columns of what it is a copy of.
    statements: (options) => [...addLinkedTraces(), ...createKept(options)],
    access: { query: { reads: kept, writes: kept } },
  },
  {
    number: 4,
    name: 'index of attributes',
    statements: () => indexAttributePairs(tables.spans.dataTable),
  },
  {
    number: 5,
    name: 'audits',
    statements: createAudits,
    access: { audit: { mayWrite: ['audits'] }, query: { reads: ['audits'] } },
  },
  {
    number: 6,
    name: 'index of attributes, for parts with it and without',
    statements: () => indexAttributeHashes(tables.spans.dataTable),
  },
  {
    number: 7,
    name: 'fewer merges of what the sink inserts',
    statements: () => [...data, 'sink_batches'].map(mergeMoreAtOnce),
  },
  {
    number: 8,
    name: 'longest spans of a trace by service and operation',
    // What is kept has the columns of what it is a copy of, in their order.
    statements: () => [tables.fragments.dataTable, 'kept_fragments'].flatMap(addLongestSpans),
  },
  {
    number: 9,
    name: 'spans whose parent is in the same service',
    statements: addLocalSpans,
  },
  {
    number: 10,
    name: 'smaller index of links between traces',
    statements: indexLinkedTracesCoarsely,
  },
  {
    number: 11,
    name: 'no statistics of columns',
    statements: () => [...data, 'sink_batches', ...rolled, ...kept, 'audits', 'migrations'].map(withoutStatistics),
  },
  {
    number: 12,
    name: 'index of attributes, of a hash that takes less time',
    statements: () => indexAttributeTokens(tables.spans.dataTable),
  },
];

/** The table that says which migrations were applied; it comes before them. */
export function createMigrations(options: TableOptions): string {
  return `CREATE TABLE IF NOT EXISTS migrations (number UInt32, name String, applied DateTime('UTC') DEFAULT now())
ENGINE = ${options.engine('migrations', 'ReplacingMergeTree')} ORDER BY number SETTINGS ${durable}`;
}

/** Everything that makes the database, in order. */
export function allStatements(options: TableOptions): string[] {
  return [createMigrations(options), ...migrations.flatMap((migration) => migration.statements(options))];
}
