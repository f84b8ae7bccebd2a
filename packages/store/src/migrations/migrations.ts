import { edgesMinute } from '../tables/edges_minute.ts';
import { fragments } from '../tables/fragments.ts';
import { operationsMinute } from '../tables/operations_minute.ts';
import type { TableOptions } from '../tables/options.ts';
import { resources } from '../tables/resources.ts';
import { createSinkBatches } from '../tables/sink_batches.ts';
import { spans } from '../tables/spans.ts';

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
      ...[resources, spans, fragments, edgesMinute, operationsMinute].flatMap((table) => table.create(options)),
      ...createSinkBatches(options),
    ],
  },
];
