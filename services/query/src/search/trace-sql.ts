import type { Condition } from './ast.ts';
import type { Binder } from './binder.ts';
import type { TraceFieldName } from './fields.ts';
import { nsOf, textOf, valueSql } from './span-sql.ts';

/** Columns of a trace, as `findTracePage` and `traceIdsWhere` of the store sum up its fragments. */
const columns: Readonly<Record<TraceFieldName, string>> = {
  'trace.duration': 't_duration_ns',
  'trace.spans': 't_spans',
  'trace.errors': 't_errors',
  'trace.fragments': 't_fragments',
  'trace.verdict': 't_complete',
  'root.environment': 't_root.1',
  'root.namespace': 't_root.2',
  'root.service': 't_root.3',
  'root.operation': 't_root.4',
};

/** A condition on a field of a trace. */
export function traceSql(condition: Condition, binder: Binder): string {
  const { field } = condition;
  if (field.type !== 'trace') throw new Error('not a field of a trace');
  const column = columns[field.name];
  switch (field.name) {
    case 'trace.duration':
      return valueSql(column, condition, (value) => binder.bind(BigInt(nsOf(value)), 'UInt64'));
    case 'trace.verdict':
      return valueSql(column, condition, (value) => (textOf(value) === 'complete' ? '1' : '0'));
    case 'trace.spans':
    case 'trace.errors':
    case 'trace.fragments':
      return valueSql(column, condition, (value) => binder.bind(Number(textOf(value)), 'Float64'));
    default:
      return valueSql(column, condition, (value) => binder.bind(textOf(value), 'String'));
  }
}
