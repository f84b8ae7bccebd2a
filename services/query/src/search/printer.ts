import { isJoined, isNot } from './ast.ts';
import type { Condition, Expression, Field, SpanChain, SpanFilter, TraceFilter, Value } from './ast.ts';
import { durationText } from './literals.ts';

/** The query as text, which parses to the same tree. */
export function printQuery(query: TraceFilter): string {
  if (isChain(query)) {
    const [only, another] = query.filters;
    // A query that is about one span needs no braces.
    if (only !== undefined && another === undefined) return only.type === 'any' ? '{}' : printSpanFilter(only);
  }
  return printExpression(query, (leaf) => (isChain(leaf) ? printChain(leaf) : printCondition(leaf)));
}

function isChain(filter: TraceFilter): filter is SpanChain {
  return filter.type === 'spans';
}

function printChain(chain: SpanChain): string {
  return chain.filters.map((filter) => (filter.type === 'any' ? '{}' : `{${printSpanFilter(filter)}}`)).join(' >> ');
}

function printSpanFilter(filter: SpanFilter): string {
  return filter.type === 'any' ? '' : printExpression(filter, printCondition);
}

function printExpression<Leaf extends { readonly type: string }>(
  expression: Expression<Leaf>,
  printLeaf: (leaf: Leaf) => string,
): string {
  if (isNot<Leaf>(expression)) {
    const operand = printExpression(expression.operand, printLeaf);
    return isJoined<Leaf>(expression.operand) ? `not (${operand})` : `not ${operand}`;
  }
  if (!isJoined<Leaf>(expression)) return printLeaf(expression);
  return expression.operands
    .map((operand) => {
      const text = printExpression(operand, printLeaf);
      return isJoined<Leaf>(operand) ? `(${text})` : text;
    })
    .join(` ${expression.type} `);
}

function printCondition(condition: Condition): string {
  const field = printField(condition.field);
  switch (condition.type) {
    case 'compare':
      return `${field} ${condition.operator} ${printValue(condition.value)}`;
    case 'in':
      return `${field} in (${condition.values.map(printValue).join(', ')})`;
    case 'exists':
      return `exists ${field}`;
  }
}

export function printField(field: Field): string {
  if (field.type !== 'attribute') return field.name;
  const { scope, key } = field;
  if (scope === 'any') return key;
  return `${scope}.${/^[\p{L}_][\p{L}\p{N}_.\-/:]*$/u.test(key) ? key : JSON.stringify(key)}`;
}

function printValue(value: Value): string {
  switch (value.type) {
    case 'text':
      return JSON.stringify(value.text);
    case 'number':
      return String(value.number);
    case 'duration':
      return durationText(value.ns);
  }
}
