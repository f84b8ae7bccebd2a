/** For tests: random queries, and random traces that they find some of. */
import fc from 'fast-check';
import { SpanKind, StatusCode, type Attribute, type Span } from '@spanloom/span';
import { aResource, aSpan } from '../../testing/spans.ts';
import { anySpan, joined, operators } from '../ast.ts';
import type { Condition, Expression, Field, Operator, SpanChain, SpanFilter, TraceFilter, Value } from '../ast.ts';
import { infoOf, operatorsOf, spanFieldNames, traceFieldNames } from '../fields.ts';

const texts = [
  'checkout',
  'cart',
  'postgresql',
  'GET /cart',
  'it said "no"\n',
  'ü',
  '',
  '500',
  '007',
  '1e3',
  'long '.repeat(30),
] as const;
const keys = ['http.route', 'db.system.name', 'http.response.status_code'] as const;
const odd = 'an odd "key"';
const numbers = [0, 1, -1, 7, 500, 1000, 0.5, 1.25e-7] as const;
const durations = [0, 1, 1_000, 1_500_000, 2_000_000, 3_000_000_000, 86_400_000_000_000] as const;

const attributeField: fc.Arbitrary<Field> = fc.oneof(
  fc.record({
    type: fc.constant('attribute' as const),
    scope: fc.constant('any' as const),
    key: fc.constantFrom(...keys),
  }),
  fc.record({
    type: fc.constant('attribute' as const),
    scope: fc.constantFrom('span' as const, 'resource' as const),
    key: fc.constantFrom(...keys, odd),
  }),
);
// Peers come out of several attributes by rules of their own, which have tests of their own.
const spanField: fc.Arbitrary<Field> = fc.oneof(
  fc.constantFrom(...spanFieldNames.filter((name) => name !== 'peer')).map((name) => ({ type: 'span' as const, name })),
  attributeField,
);
const traceField: fc.Arbitrary<Field> = fc
  .constantFrom(...traceFieldNames)
  .map((name) => ({ type: 'trace' as const, name }));

function valueOf(field: Field, operator: Operator): fc.Arbitrary<Value> {
  const { type, choices = [] } = infoOf(field);
  const text = (from: readonly string[]): fc.Arbitrary<Value> =>
    fc.constantFrom(...from).map((each) => ({ type: 'text', text: each }));
  const number: fc.Arbitrary<Value> = fc.constantFrom(...numbers).map((each) => ({ type: 'number', number: each }));
  if (operator === '~') return text(['ca', '^GET', 'r?t$', '.', 'x{2}']);
  switch (type) {
    case 'text':
      return text(texts);
    case 'choice':
      return text(choices);
    case 'duration':
      return fc.constantFrom(...durations).map((ns) => ({ type: 'duration', ns }));
    case 'number':
      return number;
    case 'attribute':
      return fc.oneof(text(texts), number);
  }
}

function conditionOn(field: fc.Arbitrary<Field>): fc.Arbitrary<Condition> {
  return field.chain((each) => {
    const { type } = infoOf(each);
    const allowed = operators.filter((operator) => operatorsOf[type].includes(operator));
    const compare: fc.Arbitrary<Condition> = fc
      .constantFrom(...allowed)
      .chain((operator) =>
        valueOf(each, operator).map((value) => ({ type: 'compare' as const, field: each, operator, value })),
      );
    const among: fc.Arbitrary<Condition> = fc
      .array(valueOf(each, '='), { minLength: 1, maxLength: 3 })
      .map((values) => ({ type: 'in' as const, field: each, values }));
    const exists: fc.Arbitrary<Condition> = fc.constant({ type: 'exists' as const, field: each });
    return type === 'text' || type === 'attribute' ? fc.oneof(compare, among, exists) : fc.oneof(compare, among);
  });
}

function expressionOf<Leaf extends { readonly type: string }>(
  leaf: fc.Arbitrary<Leaf>,
  depth: number,
): fc.Arbitrary<Expression<Leaf>> {
  if (depth === 0) return leaf;
  const inner = expressionOf(leaf, depth - 1);
  const lists = fc
    .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(inner, { minLength: 2, maxLength: 3 }))
    .map(([type, operands]) => joined(type, operands));
  return fc.oneof(
    leaf,
    lists,
    inner.map((operand) => ({ type: 'not' as const, operand })),
  );
}

const filter: fc.Arbitrary<SpanFilter> = fc.oneof(
  { weight: 5, arbitrary: expressionOf(conditionOn(fc.oneof({ weight: 6, arbitrary: spanField }, traceField)), 2) },
  { weight: 1, arbitrary: fc.constant(anySpan) },
);
const chain: fc.Arbitrary<SpanChain> = fc
  .array(filter, { minLength: 1, maxLength: 3 })
  .map((filters) => ({ type: 'spans', filters }));

/** A query as parsing one could give it: it is about spans somewhere. */
export const anyQuery: fc.Arbitrary<TraceFilter> = fc.oneof(
  filter.map((only): TraceFilter => ({ type: 'spans', filters: [only] })),
  expressionOf<Condition | SpanChain>(fc.oneof({ weight: 3, arbitrary: chain }, conditionOn(traceField)), 2).filter(
    (query) => JSON.stringify(query).includes('"spans"'),
  ),
);

const compared = (name: (typeof spanFieldNames)[number], operator: Operator, value: Value): Expression<Condition> => ({
  type: 'compare',
  field: { type: 'span', name },
  operator,
  value,
});

/** A query for one span by what the longest spans of a fragment tell, and for little else. */
export const anyQueryByLongest: fc.Arbitrary<TraceFilter> = fc
  .subarray(
    [
      fc.constantFrom('checkout', 'cart', 'ü').map((text) => compared('service', '=', { type: 'text', text })),
      fc.constantFrom('checkout', 'GET /cart', 'ü').map((text) => compared('operation', '=', { type: 'text', text })),
      fc
        .tuple(
          fc.constantFrom('>' as const, '>=' as const),
          fc.constantFrom(0, 1_000, 1_999_999, 2_000_000, 4_294_967_294, 5_000_000_000),
        )
        .map(([operator, ns]) => compared('duration', operator, { type: 'duration', ns })),
      fc.constantFrom('error', 'error', 'ok').map((text) => compared('status', '=', { type: 'text', text })),
    ],
    { minLength: 1 },
  )
  .chain((conditions) => fc.tuple(...conditions))
  .map((conditions) => ({ type: 'spans', filters: [joined('and', conditions)] }));

const attribute: fc.Arbitrary<Attribute> = fc.record({
  key: fc.constantFrom(...keys, odd),
  value: fc.oneof(
    fc.constantFrom(...texts).map((value) => ({ type: 'string' as const, value })),
    fc.constantFrom(0n, 7n, 500n, -1n).map((value) => ({ type: 'int' as const, value })),
    fc.constantFrom(0.5, 1000).map((value) => ({ type: 'double' as const, value })),
    fc.boolean().map((value) => ({ type: 'bool' as const, value })),
    fc.constant({ type: 'array' as const, value: [] }),
  ),
});
const attributes = fc.uniqueArray(attribute, { maxLength: 3, selector: ({ key }) => key });

const someSpan = fc.record({
  service: fc.constantFrom('checkout', 'cart', 'ü'),
  environment: fc.constantFrom('', 'cart'),
  name: fc.constantFrom('checkout', 'GET /cart', 'ü'),
  kind: fc.constantFrom(...Object.values(SpanKind)),
  code: fc.constantFrom(...Object.values(StatusCode)),
  message: fc.constantFrom('', 'it said "no"\n'),
  startNs: fc.constantFrom(0n, 1n, 1_000_000n),
  durationNs: fc.constantFrom(0n, 1_000n, 2_000_000n, 3_000_000_000n, 5_000_000_000n, 6_000_000_000n),
  attributes,
  ofResource: attributes,
  /** Which earlier span is the parent; itself or a later one makes a loop, one beyond the trace a gap. */
  parent: fc.integer({ min: 0, max: 9 }),
});

/** The spans of a trace that begins at `startNs`, in one or two pieces. */
export function anyTrace(traceId: string, startNs: bigint): fc.Arbitrary<readonly (readonly Span[])[]> {
  const spanId = (at: number): string =>
    (BigInt(`0x${traceId.slice(16)}`) * 16n + BigInt(at + 1)).toString(16).padStart(16, '0');
  return fc
    .tuple(fc.array(someSpan, { minLength: 1, maxLength: 8 }), fc.integer({ min: 0, max: 8 }))
    .map(([sketches, cut]) => {
      const spans = sketches.map((sketch, at) => {
        const start = startNs + (at === 0 ? 0n : sketch.startNs);
        return aSpan({
          traceId,
          spanId: spanId(at),
          // One root: of several, none is the root that a trace is known by.
          parentSpanId: at === 0 ? '' : spanId(sketch.parent),
          name: sketch.name,
          kind: sketch.kind,
          status: { code: sketch.code, message: sketch.message },
          startTimeUnixNano: start,
          endTimeUnixNano: start + sketch.durationNs,
          attributes: sketch.attributes,
          resource: aResource(sketch.service, [
            { key: 'deployment.environment.name', value: { type: 'string', value: sketch.environment } },
            ...sketch.ofResource,
          ]),
        });
      });
      const pieces = [spans.slice(0, cut), spans.slice(cut)].filter((piece) => piece.length > 0);
      return pieces;
    });
}
