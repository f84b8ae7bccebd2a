/** What one span has to meet, as a condition over `spans_data`. */
import { hasPair, resourcesInDays } from '@spanloom/store';
import { isJoined, isNot } from './ast.ts';
import type { Condition, Expression, Operator, SpanFilter, Value } from './ast.ts';
import type { Binder } from './binder.ts';
import { kindNames, statusNames, type SpanFieldName } from './fields.ts';

/** `traceCondition` gives the condition on `trace_id` for one that is on a field of the trace. */
export function spanSql(filter: SpanFilter, binder: Binder, traceCondition: (condition: Condition) => string): string {
  if (filter.type === 'any') return '1';
  return expressionSql(filter, (condition) => {
    const { field } = condition;
    if (field.type === 'trace') return traceCondition(condition);
    if (field.type === 'span') return columnSql(field.name, condition, binder);
    const ofSpan = attributeSql(field.key, condition, binder);
    if (field.scope === 'span') return ofSpan;
    const ofResource = `resource_id IN (SELECT id FROM resources_data WHERE ${resourcesInDays} AND ${ofSpan})`;
    return field.scope === 'resource' ? ofResource : `(${ofSpan} OR ${ofResource})`;
  });
}

export function expressionSql<Leaf extends { readonly type: string }>(
  expression: Expression<Leaf>,
  leafSql: (leaf: Leaf) => string,
): string {
  if (isNot<Leaf>(expression)) return `NOT (${expressionSql(expression.operand, leafSql)})`;
  if (!isJoined<Leaf>(expression)) return leafSql(expression);
  const operands = expression.operands.map((operand) => expressionSql(operand, leafSql));
  return `(${operands.join(expression.type === 'and' ? ' AND ' : ' OR ')})`;
}

const columns: Readonly<Record<SpanFieldName, string>> = {
  service: 'service',
  namespace: 'namespace',
  environment: 'environment',
  operation: 'operation',
  name: 'name',
  kind: 'kind',
  status: 'status',
  'status.message': 'status_message',
  duration: 'duration_ns',
  peer: 'peer',
};

const numbered: Partial<Record<SpanFieldName, readonly string[]>> = { kind: kindNames, status: statusNames };

/** The SQL expression of a span's field as a person reads it; see `valuesOfSpan`. */
export function columnOf(name: SpanFieldName): string {
  const names = numbered[name];
  if (names === undefined) return columns[name];
  const texts = names.map((text) => `'${text}'`).join(', ');
  return `[${texts}][${columns[name]} + 1]`;
}

function columnSql(name: SpanFieldName, condition: Condition, binder: Binder): string {
  const column = columns[name];
  const names = numbered[name];
  if (names !== undefined) return valueSql(column, condition, (value) => String(names.indexOf(textOf(value))));
  if (name === 'duration') return valueSql(column, condition, (value) => binder.bind(BigInt(nsOf(value)), 'UInt64'));
  return valueSql(column, condition, (value) => binder.bind(textOf(value), 'String'));
}

/** A condition on an expression that every row has; `valueOf` writes a value of it. */
export function valueSql(expression: string, condition: Condition, valueOf: (value: Value) => string): string {
  switch (condition.type) {
    case 'exists':
      return `${expression} != ''`;
    case 'in':
      return `${expression} IN (${condition.values.map(valueOf).join(', ')})`;
    case 'compare':
      if (condition.operator === '~') return `match(${expression}, ${valueOf(condition.value)})`;
      return `${expression} ${condition.operator} ${valueOf(condition.value)}`;
  }
}

/** What a text must look like to be compared as a number. */
export const numberPattern = '^-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?$';

/**
 * A condition on the column `attributes`, which spans and resources both have. It holds what was
 * sent as text; an attribute that is not there meets no comparison. Equality is answered from the
 * text index; `has(mapKeys(…))` is what the Bloom filter understands.
 */
function attributeSql(key: string, condition: Condition, binder: Binder): string {
  const name = binder.bind(key, 'String');
  const there = `has(mapKeys(attributes), ${name})`;
  const value = `attributes[${name}]`;
  switch (condition.type) {
    case 'exists':
      return there;
    case 'in':
      return `(${condition.values.map((each) => equals(name, textOf(each), binder)).join(' OR ')})`;
    case 'compare':
      if (condition.operator === '=') return equals(name, textOf(condition.value), binder);
      return `(${there} AND ${comparisonSql(value, condition.operator, condition.value, binder)})`;
  }
}

function equals(name: string, text: string, binder: Binder): string {
  return hasPair(name, binder.bind(text, 'String'));
}

function comparisonSql(value: string, operator: Operator, literal: Value, binder: Binder): string {
  if (operator === '~') return `match(${value}, ${binder.bind(textOf(literal), 'String')})`;
  if (operator === '!=' || literal.type !== 'number') {
    return `${value} ${operator} ${binder.bind(textOf(literal), 'String')}`;
  }
  const number = `toFloat64OrZero(${value}) ${operator} ${binder.bind(literal.number, 'Float64')}`;
  return `match(${value}, ${binder.bind(numberPattern, 'String')}) AND ${number}`;
}

/** A value as the text that an attribute of that value is stored as. */
export function textOf(value: Value): string {
  switch (value.type) {
    case 'text':
      return value.text;
    case 'number':
      return String(value.number);
    case 'duration':
      return String(value.ns);
  }
}

export function nsOf(value: Value): number {
  return value.type === 'duration' ? value.ns : 0;
}
