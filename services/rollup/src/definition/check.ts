import { err, ok } from '@spanloom/span';
import type { Result } from '@spanloom/span';
import { StoreError } from '@spanloom/store';
import type { RollupStore, TargetTable } from '@spanloom/store';
import type { Definition } from './definition.ts';
import { sqlLineOf } from './parse.ts';
import type { Problem } from './problem.ts';
import { placeOf } from './sql-text.ts';

/** A rollup that ClickHouse understands. */
export interface CheckedDefinition extends Omit<Definition, 'target'> {
  readonly target: TargetTable | null;
}

/** Holds a rollup against ClickHouse, without running it. Rejects with a retryable `StoreError` where that does not answer. */
export async function checkDefinition(
  store: RollupStore,
  definition: Definition,
): Promise<Result<CheckedDefinition, Problem>> {
  const { file, sql, target } = definition;
  const columns = await store.describe(sql).catch((error: unknown) => faultOf(error));
  if (typeof columns === 'string') {
    return err({ file, line: sqlLineOf(definition, placeOf(sql, columns)), reason: columns });
  }
  if (target === null) return ok({ ...definition, target });
  const table = { ...target, columns };
  const line = definition.lines.target;
  const reserved = columns.find(({ name }) => ['day', 'window_from', 'window_to', 'row', 'version'].includes(name));
  if (reserved !== undefined) {
    return err({ file, line, reason: `a target table has a column ${reserved.name} of its own: give it another name` });
  }
  const difference = await store.targetDifference(table);
  return difference === null ? ok({ ...definition, target: table }) : err({ file, line, reason: difference });
}

/** What ClickHouse has against the SQL, in its own words, the first sentence. */
function faultOf(error: unknown): string {
  if (!(error instanceof StoreError) || error.retryable) throw error;
  return error.message
    .replace(/\s+/g, ' ')
    .replace(/ \([A-Z_]+\)\s*$/, '')
    .trim();
}
