import { asFirstMade, levels, levelTable, shapes } from '../levels/shape.ts';
import { createLevel } from '../levels/table.ts';
import type { Kept, TableOptions } from './options.ts';
import { createRollupClaims } from './rollup-claims.ts';
import { createRollupResults } from './rollup-results.ts';
import { createRollupRuns } from './rollup-runs.ts';

/** The tables above the minutes, and how long their rows live. */
export const levelTables: readonly { readonly dataTable: string; readonly keeps: Kept }[] = [
  ...Object.values(shapes).flatMap((shape) =>
    levels.map((level) => ({ dataTable: levelTable(shape.name, level), keeps: level })),
  ),
  { dataTable: 'rollup_results', keeps: 'hour' },
];

/** Everything that rollups are kept in. */
export function createRollupTables(options: TableOptions): string[] {
  return [
    ...Object.values(shapes).flatMap((shape) =>
      levels.flatMap((level) => createLevel(asFirstMade(shape), level, options)),
    ),
    ...createRollupRuns(options),
    ...createRollupClaims(options),
    ...createRollupResults(options),
  ];
}
