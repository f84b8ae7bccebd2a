/** For tests: what a query means, written down as plainly as can be. */
import { operationName, SpanKind, StatusCode, type Attribute, type Span } from '@spanloom/span';
import type { Condition, Field, Operator, SpanFilter, TraceFilter, Value } from '../ast.ts';
import { kindNames, statusNames } from '../fields.ts';

/** A trace as it was stored. */
export interface StoredTraceFacts {
  /** In `traces` order, without duplicates. */
  readonly spans: readonly Span[];
  readonly fragments: number;
  readonly complete: boolean;
}

export function meets(query: TraceFilter, trace: StoredTraceFacts): boolean {
  switch (query.type) {
    case 'and':
      return query.operands.every((operand) => meets(operand, trace));
    case 'or':
      return query.operands.some((operand) => meets(operand, trace));
    case 'not':
      return !meets(query.operand, trace);
    case 'spans':
      return trace.spans.some((span) => endsChain(span, query.filters, trace));
    default:
      return holds(query, trace.spans[0], trace);
  }
}

function endsChain(span: Span, filters: readonly SpanFilter[], trace: StoredTraceFacts): boolean {
  const last = filters.at(-1);
  if (last === undefined || !spanMeets(last, span, trace)) return false;
  const before = filters.slice(0, -1);
  if (before.length === 0) return true;
  return ancestorsOf(span, trace.spans).some((ancestor) => endsChain(ancestor, before, trace));
}

function ancestorsOf(span: Span, spans: readonly Span[]): Span[] {
  const ancestors: Span[] = [];
  let parent = spans.find((each) => each.spanId === span.parentSpanId);
  while (parent !== undefined && !ancestors.includes(parent)) {
    ancestors.push(parent);
    const { parentSpanId } = parent;
    parent = spans.find((each) => each.spanId === parentSpanId);
  }
  return ancestors;
}

export function spanMeets(filter: SpanFilter, span: Span, trace: StoredTraceFacts): boolean {
  switch (filter.type) {
    case 'any':
      return true;
    case 'and':
      return filter.operands.every((operand) => spanMeets(operand, span, trace));
    case 'or':
      return filter.operands.some((operand) => spanMeets(operand, span, trace));
    case 'not':
      return !spanMeets(filter.operand, span, trace);
    default:
      return holds(filter, span, trace);
  }
}

function holds(condition: Condition, span: Span | undefined, trace: StoredTraceFacts): boolean {
  return textsOf(condition.field, span, trace).some((text) => textMeets(condition, text));
}

function textMeets(condition: Condition, text: string): boolean {
  switch (condition.type) {
    case 'exists':
      return condition.field.type === 'attribute' || text !== '';
    case 'in':
      return condition.values.some((value) => text === literalText(value));
    case 'compare': {
      const { operator, value } = condition;
      if (operator === '~') return new RegExp(literalText(value), 's').test(text);
      const isNumber = value.type !== 'text' && operator !== '=' && operator !== '!=';
      if (!isNumber) return ordered(operator, Buffer.compare(Buffer.from(text), Buffer.from(literalText(value))));
      if (!/^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$/.test(text)) return false;
      return ordered(operator, Number(text) - Number(literalText(value)));
    }
  }
}

function ordered(operator: Operator, difference: number): boolean {
  switch (operator) {
    case '=':
      return difference === 0;
    case '!=':
      return difference !== 0;
    case '<':
      return difference < 0;
    case '<=':
      return difference <= 0;
    case '>':
      return difference > 0;
    default:
      return difference >= 0;
  }
}

function literalText(value: Value): string {
  if (value.type === 'text') return value.text;
  return String(value.type === 'number' ? value.number : value.ns);
}

/** What a field of the span is: nothing, one text, or two. */
function textsOf(field: Field, span: Span | undefined, trace: StoredTraceFacts): string[] {
  if (field.type === 'trace') return [traceField(field.name, trace)];
  if (span === undefined) return [];
  if (field.type === 'span') return [spanField(field.name, span)];
  const ofSpan = attributeTexts(span.attributes, field.key);
  const ofResource = attributeTexts(span.resource.attributes, field.key);
  if (field.scope === 'any') return [...ofSpan, ...ofResource];
  return field.scope === 'span' ? ofSpan : ofResource;
}

function attributeTexts(attributes: readonly Attribute[], key: string): string[] {
  return attributes
    .filter((attribute) => attribute.key === key)
    .flatMap(({ value }) => {
      const isText =
        value.type === 'string' || value.type === 'bool' || value.type === 'int' || value.type === 'double';
      return isText ? [String(value.value)] : [];
    })
    .slice(0, 1);
}

function spanField(name: Extract<Field, { type: 'span' }>['name'], span: Span): string {
  const ofResource = (key: string): string => attributeTexts(span.resource.attributes, key)[0] ?? '';
  switch (name) {
    case 'service':
      return ofResource('service.name');
    case 'namespace':
      return ofResource('service.namespace');
    case 'environment':
      return ofResource('deployment.environment.name');
    case 'name':
      return span.name;
    case 'operation':
      return operationName({ name: span.name });
    case 'kind':
      return kindNames[span.kind] ?? '';
    case 'status':
      return statusNames[span.status.code] ?? '';
    case 'status.message':
      return span.status.message;
    case 'duration':
      return String(span.endTimeUnixNano - span.startTimeUnixNano);
    case 'peer':
      return span.kind === SpanKind.client ? (attributeTexts(span.attributes, 'peer.service')[0] ?? '') : '';
  }
}

function traceField(name: Extract<Field, { type: 'trace' }>['name'], trace: StoredTraceFacts): string {
  const { spans } = trace;
  const start = spans.map((span) => span.startTimeUnixNano).reduce((a, b) => (a < b ? a : b));
  const end = spans.map((span) => span.endTimeUnixNano).reduce((a, b) => (a > b ? a : b));
  const root = spans.find((span) => span.parentSpanId === '') ?? spans.find((span) => span.startTimeUnixNano === start);
  switch (name) {
    case 'trace.duration':
      return String(end - start);
    case 'trace.spans':
      return String(spans.length);
    case 'trace.errors':
      return String(spans.filter((span) => span.status.code === StatusCode.error).length);
    case 'trace.fragments':
      return String(trace.fragments);
    case 'trace.verdict':
      return trace.complete ? 'complete' : 'incomplete';
    default: {
      if (root === undefined) return '';
      const field = name.slice('root.'.length) as 'service' | 'namespace' | 'environment' | 'operation';
      return spanField(field, root);
    }
  }
}
