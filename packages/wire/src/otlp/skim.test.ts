import { PeerKind, SpanTable, halvesOfSpanId, operationName, peerName, weightOf } from '@spanloom/span';
import type { Attribute, Service, Span, SpanKind } from '@spanloom/span';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { FieldWriter } from '../protobuf/writer.ts';
import { decodeResource, decodeScope, decodeSpans } from './decode.ts';
import { encodeSpans } from './encode.ts';
import { skimBody } from './skim.ts';
import { resourceWith, someSpans, spanWith, textAttributes } from './testing/spans.ts';

describe('a skimmed body', () => {
  test('has in each column what the decoded spans say', () => {
    fc.assert(
      fc.property(someSpans, someSpans, (first, second) => {
        const table = skimmed(first, second);
        const spans = [...first, ...second];
        expect(table.length).toBe(spans.length);
        for (const [row, span] of spans.entries()) {
          expect(rowOf(table, row)).toEqual(expected(span));
          expect(spanAt(table, row)).toEqual(span);
        }
      }),
      { numRuns: 25 },
    );
  });

  test('keeps each resource, scope, service and name once', () => {
    const carts = [1, 2, 3].map(() => spanWith({ resource: resourceWith({ 'service.name': 'cart' }) }));
    const shop = spanWith({ resource: resourceWith({ 'service.name': 'shop' }), name: 'other' });
    const table = skimmed(carts, [...carts, shop]);
    expect(table.origins.values).toHaveLength(2);
    expect(table.services.values.map(({ name }) => name)).toEqual(['cart', 'shop']);
    expect(table.strings.values.filter((text) => text === 'work')).toHaveLength(1);
    expect([...table.origin.subarray(0, table.length)]).toEqual([0, 0, 0, 0, 0, 0, 1]);
  });

  test('tells origins apart that differ in a schema URL only', () => {
    const { scope } = spanWith();
    const table = skimmed([
      spanWith(),
      spanWith({ scope: { ...scope, schemaUrl: 'one' } }),
      spanWith({ resource: { ...resourceWith({ 'service.name': 'cart' }), schemaUrl: 'one' } }),
    ]);
    expect([...table.origin.subarray(0, 3)]).toEqual([0, 1, 2]);
    expect(table.services.values).toHaveLength(1);
  });

  test('that is malformed is an error', () => {
    const body = encodeSpans([spanWith()]);
    expect(skimBody(new SpanTable(), body.subarray(0, body.length - 1))).toMatchObject({
      ok: false,
      error: { unknownSchema: false },
    });
  });

  test('may have the resource behind the spans', () => {
    const out = new FieldWriter();
    out.message(1, () => {
      out.message(2, () =>
        out.message(2, () => {
          out.bytes(1, Buffer.alloc(16, 1));
          out.bytes(2, Buffer.alloc(8, 1));
        }),
      );
      out.message(1, () =>
        out.message(1, () => {
          out.string(1, 'service.name');
          out.message(2, () => out.string(1, 'late'));
        }),
      );
    });
    const table = new SpanTable();
    expect(skimBody(table, out.finish()).ok).toBe(true);
    expect(table.services.values).toEqual([{ environment: '', namespace: '', name: 'late' }]);
    expect(table.strings.values[table.name[0] ?? -1]).toBe('empty-span-name');
  });
});

describe('the service', () => {
  test.each<[string, Record<string, string>, Service]>([
    [
      'new attribute names',
      { 'service.name': 'cart', 'service.namespace': 'shop', 'deployment.environment.name': 'prod' },
      { environment: 'prod', namespace: 'shop', name: 'cart' },
    ],
    [
      'the old name of the environment',
      { 'service.name': 'cart', 'deployment.environment': 'prod' },
      { environment: 'prod', namespace: '', name: 'cart' },
    ],
    [
      'both names of the environment',
      { 'deployment.environment': 'old', 'deployment.environment.name': 'new', 'service.name': 'cart' },
      { environment: 'new', namespace: '', name: 'cart' },
    ],
    ['no service name', { 'host.name': 'x' }, { environment: '', namespace: '', name: 'missing-service-name' }],
    ['an empty service name', { 'service.name': '' }, { environment: '', namespace: '', name: 'empty-service-name' }],
  ])('%s', (_, texts, service) => {
    expect(skimmed([spanWith({ resource: resourceWith(texts) })]).services.values).toEqual([service]);
  });
});

describe('the peer', () => {
  test.each<[string, SpanKind, Record<string, string>, number, string]>([
    [
      'a database',
      3,
      { 'db.system.name': 'postgresql', 'db.namespace': 'shop', 'server.address': 'db' },
      PeerKind.database,
      'postgresql/shop',
    ],
    ['a database by its old names', 3, { 'db.system': 'mysql', 'db.name': 'shop' }, PeerKind.database, 'mysql/shop'],
    ['a database without a name', 3, { 'db.system': 'redis' }, PeerKind.database, 'redis'],
    [
      'a database that is named',
      3,
      { 'db.system': 'mysql', 'peer.service': 'orders-db' },
      PeerKind.database,
      'orders-db',
    ],
    [
      'a producer',
      4,
      { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders', 'peer.service': 'x' },
      PeerKind.messaging,
      'kafka/orders',
    ],
    [
      'a consumer',
      5,
      { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' },
      PeerKind.messaging,
      'kafka/orders',
    ],
    ['a service', 3, { 'peer.service': 'cart', 'server.address': 'cart.local' }, PeerKind.service, 'cart'],
    ['an address', 3, { 'server.address': 'api.example.com:443' }, PeerKind.external, 'api.example.com'],
    ['a bare address', 3, { 'net.peer.name': '10.0.0.1' }, PeerKind.external, 'external (ip)'],
    ['an RPC service', 3, { 'rpc.service': 'shop.Cart' }, PeerKind.external, 'shop.Cart'],
  ])('%s', (_, kind, texts, peerKind, peer) => {
    const table = skimmed([spanWith({ kind, attributes: textAttributes(texts) })]);
    expect([table.peerKind[0], table.strings.values[table.peer[0] ?? -1]]).toEqual([peerKind, peer]);
  });

  test.each<SpanKind>([0, 1, 2])('spans of kind %i have none', (kind) => {
    expect(skimmed([spanWith({ kind, attributes: textAttributes({ 'peer.service': 'cart' }) })]).peerKind[0]).toBe(
      PeerKind.none,
    );
  });

  test('of a repeated key the last counts, also where it is no text', () => {
    const texts = (...values: string[]): Attribute[] =>
      values.flatMap((value) => textAttributes({ 'peer.service': value }));
    const table = skimmed([
      spanWith({ kind: 3, attributes: texts('one', 'two') }),
      spanWith({ kind: 3, attributes: [...texts('one'), { key: 'peer.service', value: { type: 'int', value: 1n } }] }),
      spanWith({ kind: 3, attributes: [...texts('one'), { key: 'peer.service', value: { type: 'empty' } }] }),
    ]);
    expect([...table.peerKind.subarray(0, 3)]).toEqual([PeerKind.service, PeerKind.none, PeerKind.none]);
    expect(table.strings.values[table.peer[0] ?? -1]).toBe('two');
  });
});

describe('the operation', () => {
  test.each<[string, Record<string, string>, string]>([
    ['GET /items/4711', { 'http.route': '/items/:id', 'http.request.method': 'GET' }, 'GET /items/:id'],
    ['GET /items/4711', { 'url.template': '/items/{item}', 'http.method': 'PUT' }, 'PUT /items/{item}'],
    ['GET /items/4711', {}, 'GET /items/{id}'],
    ['checkout', { 'http.route': '/items/:id' }, 'checkout'],
  ])('of %s with %o', (name, texts, operation) => {
    const table = skimmed([spanWith({ name, kind: 2, attributes: textAttributes(texts) })]);
    expect(table.strings.values[table.operation[0] ?? -1]).toBe(operation);
    expect(table.strings.values[table.name[0] ?? -1]).toBe(name);
  });
});

describe('times', () => {
  test.each([
    [0n, 0n, 0, 0, 0],
    [1_700_000_000_123_456_789n, 1_700_000_000_123_456_790n, 1_700_000_000_123, 456_789, 1],
    [2n ** 64n - 1n, 0n, 18_446_744_073_709, 551_615, 0],
    [0n, 2n ** 64n - 1n, 0, 0, Number.MAX_SAFE_INTEGER],
    [0n, 2n ** 53n - 1n, 0, 0, Number.MAX_SAFE_INTEGER],
    [0n, 2n ** 53n - 2n, 0, 0, Number.MAX_SAFE_INTEGER - 1],
    [999_999n, 1_000_000n, 0, 999_999, 1],
    [4_294_967_295n, 4_294_967_296n, 4294, 967_295, 1],
  ])('from %i to %i', (startTimeUnixNano, endTimeUnixNano, startMs, startSubNs, durationNs) => {
    const table = skimmed([spanWith({ startTimeUnixNano, endTimeUnixNano })]);
    expect([table.startMs[0], table.startSubNs[0], table.durationNs[0]]).toEqual([startMs, startSubNs, durationNs]);
  });
});

test('a span that the head sampled stands for several', () => {
  expect(skimmed([spanWith({ traceState: 'a=b,ot=th:8' }), spanWith()]).weight.slice(0, 2)).toEqual(
    Float64Array.of(2, 1),
  );
});

test('links lead to other spans', () => {
  const target = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) };
  const table = skimmed([
    spanWith(),
    spanWith({ links: [{ ...target, traceState: '', attributes: [], droppedAttributesCount: 0, flags: 0 }] }),
  ]);
  expect([...table.links]).toEqual([[1, [target]]]);
});

function skimmed(...bodies: readonly (readonly Span[])[]): SpanTable {
  const table = new SpanTable();
  for (const spans of bodies) {
    const skim = skimBody(table, encodeSpans(spans));
    if (!skim.ok) throw new Error(skim.error.message);
  }
  return table;
}

function rowOf(table: SpanTable, row: number): object {
  const text = (column: Int32Array): string | undefined => table.strings.values[column[row] ?? -1];
  return {
    id: { hi: table.idHi[row], lo: table.idLo[row] },
    parent: { hi: table.parentHi[row], lo: table.parentLo[row] },
    kind: table.kind[row],
    status: table.status[row],
    startNs: BigInt(table.startMs[row] ?? 0) * 1_000_000n + BigInt(table.startSubNs[row] ?? 0),
    durationNs: table.durationNs[row],
    weight: table.weight[row],
    service: table.services.values[table.service[row] ?? -1],
    name: text(table.name),
    operation: text(table.operation),
    peerKind: table.peerKind[row],
    peer: table.peerKind[row] === PeerKind.none ? '' : text(table.peer),
    links: table.links.get(row) ?? [],
  };
}

function expected(span: Span): object {
  const texts = textsOf(span.attributes);
  const duration = span.endTimeUnixNano - span.startTimeUnixNano;
  const largest = BigInt(Number.MAX_SAFE_INTEGER);
  const name = span.name === '' ? 'empty-span-name' : span.name;
  return {
    id: halvesOfSpanId(span.spanId),
    parent: span.parentSpanId === '' ? { hi: 0, lo: 0 } : halvesOfSpanId(span.parentSpanId),
    kind: span.kind,
    status: span.status.code,
    startNs: span.startTimeUnixNano,
    durationNs: duration <= 0n ? 0 : Number(duration > largest ? largest : duration),
    weight: weightOf(span.traceState, span.traceId),
    service: serviceOf(span.resource.attributes),
    name,
    operation: operationName({
      name,
      httpRoute: texts['http.route'] || texts['url.template'],
      httpMethod: texts['http.request.method'] || texts['http.method'],
    }),
    ...peerOf(span.kind, texts),
    links: span.links.map(({ traceId, spanId }) => ({ traceId, spanId })),
  };
}

/** Values that are texts, of a repeated key the last. */
function textsOf(attributes: readonly Attribute[]): Record<string, string | undefined> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.type === 'string' ? value.value : undefined]),
  );
}

function serviceOf(attributes: readonly Attribute[]): Service {
  const texts = textsOf(attributes);
  const name = texts['service.name'] ?? 'missing-service-name';
  return {
    environment: texts['deployment.environment.name'] ?? texts['deployment.environment'] ?? '',
    namespace: texts['service.namespace'] ?? '',
    name: name === '' ? 'empty-service-name' : name,
  };
}

function peerOf(kind: SpanKind, texts: Record<string, string | undefined>): { peerKind: number; peer: string } {
  const peer = (peerKind: number, first: string, second = ''): { peerKind: number; peer: string } => ({
    peerKind,
    peer: peerName(second === '' ? first : `${first}/${second}`),
  });
  if (kind < 3) return { peerKind: PeerKind.none, peer: '' };
  const service = texts['peer.service'] ?? '';
  const database = texts['db.system.name'] || texts['db.system'] || '';
  const messaging = texts['messaging.system'] ?? '';
  if (database !== '' && service !== '') return peer(PeerKind.database, service);
  if (database !== '') return peer(PeerKind.database, database, texts['db.namespace'] || texts['db.name']);
  if (messaging !== '') return peer(PeerKind.messaging, messaging, texts['messaging.destination.name']);
  if (service !== '') return peer(PeerKind.service, service);
  const external = texts['server.address'] || texts['net.peer.name'] || texts['rpc.service'] || '';
  return external === '' ? { peerKind: PeerKind.none, peer: '' } : peer(PeerKind.external, external);
}

/** The span of a row, decoded again from its bytes and its origin: nothing was lost. */
function spanAt(table: SpanTable, row: number): Span | undefined {
  const origin = table.origins.values[table.origin[row] ?? -1];
  const body = table.bodies[table.body[row] ?? -1];
  if (origin === undefined || body === undefined) return undefined;
  const out = new FieldWriter();
  out.message(1, () => out.message(2, () => out.bytes(2, body.subarray(table.from[row], table.to[row]))));
  const span = decodeSpans(out.finish());
  const resource = decodeResource(origin.resource, origin.resourceSchemaUrl);
  const scope = decodeScope(origin.scope, origin.scopeSchemaUrl);
  if (!span.ok || !resource.ok || !scope.ok || span.value[0] === undefined) return undefined;
  return { ...span.value[0], resource: resource.value, scope: scope.value };
}
