import { levelView } from '../levels/table.ts';
import { levels, levelTable, operationsShape } from '../levels/shape.ts';
import { sumType } from './figures.ts';
import { operationsMinute, operationsMinuteView } from './operations-minute.ts';

/** Statements that give operations, of minutes and above, the sum of local spans. In a row from before it is 0. */
export function addLocalSpans(): string[] {
  const add = (table: string, type: string): string =>
    `ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS local_spans ${type} CODEC(T64, ZSTD(1)) AFTER critical_path_ns`;
  return [
    add(operationsMinute.dataTable, sumType),
    operationsMinuteView(operationsShape.sums),
    ...levels.flatMap((level) => [
      add(levelTable(operationsShape.name, level), 'Int64'),
      levelView(operationsShape, level),
    ]),
  ];
}
