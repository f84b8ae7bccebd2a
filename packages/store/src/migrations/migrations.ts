import { indexAttributePairs } from '../tables/attribute-pairs.ts';
import { tables } from '../tables/index.ts';
import type { TableOptions } from '../tables/options.ts';
import { createSinkBatches } from '../tables/sink-batches.ts';

/** A step from one shape of the database to the next. Statements change nothing when they run again. */
export interface Migration {
  /** Counts from 1 without gaps; what was published keeps its number and its statements for ever. */
  readonly number: number;
  readonly name: string;
  statements(options: TableOptions): readonly string[];
}

export const migrations: readonly Migration[] = [
  {
    number: 1,
    name: 'tables',
    statements: (options) => [
      ...Object.values(tables).flatMap((table) => table.create(options)),
      ...createSinkBatches(options),
    ],
  },
  {
    number: 4,
    name: 'index of attributes',
    statements: () => indexAttributePairs(tables.spans.dataTable),
  },
];
