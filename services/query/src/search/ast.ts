/** A query as a tree. What it means is in docs/query-language.md. */
import type { SpanFieldName, TraceFieldName } from './fields.ts';

export type Field =
  | { readonly type: 'span'; readonly name: SpanFieldName }
  | { readonly type: 'trace'; readonly name: TraceFieldName }
  | { readonly type: 'attribute'; readonly scope: AttributeScope; readonly key: string };

/** Where an attribute is looked for; `any`: in the span and in its resource. */
export type AttributeScope = 'span' | 'resource' | 'any';

export const operators = ['=', '!=', '<', '<=', '>', '>=', '~'] as const;
export type Operator = (typeof operators)[number];

export type Value =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'number'; readonly number: number }
  /** Whole nanoseconds. */
  | { readonly type: 'duration'; readonly ns: number };

export type Condition =
  | { readonly type: 'compare'; readonly field: Field; readonly operator: Operator; readonly value: Value }
  | { readonly type: 'in'; readonly field: Field; readonly values: readonly Value[] }
  | { readonly type: 'exists'; readonly field: Field };

/** `and`, `or`, `not` over leaves. */
export type Expression<Leaf> =
  | Leaf
  | { readonly type: 'and' | 'or'; readonly operands: readonly Expression<Leaf>[] }
  | { readonly type: 'not'; readonly operand: Expression<Leaf> };

/** What one span has to meet; `any` is met by every span. */
export type SpanFilter = Expression<Condition> | { readonly type: 'any' };

/**
 * Some span of the trace meets the last filter, has an ancestor that meets the one before, which
 * has an ancestor that meets the one before that, and so on.
 */
export interface SpanChain {
  readonly type: 'spans';
  readonly filters: readonly SpanFilter[];
}

/** What a trace has to meet. Its conditions are on fields of the trace. */
export type TraceFilter = Expression<Condition | SpanChain>;

/** `and` or `or` of at least one operand; operands of the same type become part of it. */
export function joined<Leaf extends { readonly type: string }>(
  type: 'and' | 'or',
  operands: readonly Expression<Leaf>[],
): Expression<Leaf> {
  const flat = operands.flatMap((each) => (isJoined(each) && each.type === type ? each.operands : [each]));
  const [first] = flat;
  return first !== undefined && flat.length === 1 ? first : { type, operands: flat };
}

export function isJoined<Leaf extends { readonly type: string }>(
  expression: Expression<Leaf>,
): expression is { readonly type: 'and' | 'or'; readonly operands: readonly Expression<Leaf>[] } {
  return expression.type === 'and' || expression.type === 'or';
}

export function isNot<Leaf extends { readonly type: string }>(
  expression: Expression<Leaf>,
): expression is { readonly type: 'not'; readonly operand: Expression<Leaf> } {
  return expression.type === 'not';
}

/** Every span. */
export const anySpan: SpanFilter = { type: 'any' };

/** Every trace: what an empty query means. */
export const everyTrace: TraceFilter = { type: 'spans', filters: [anySpan] };
