import { type Span, type SpanKind, SpanKind as kinds } from '@spanloom/span';
import { compress, decodeSpansRecord, encodeSpans, encodeSpansRecord, splitRequest } from '@spanloom/wire';

import { Draws } from '../world/random.ts';

/** Where virtual time starts: the beginning of a minute and of no hour. */
export const startMs = 1_764_003_780_000;

/** A chunk as a gateway would append it. */
export interface MadeChunk {
  readonly value: Buffer;
  readonly key: Buffer;
  readonly traceId: string;
  readonly spans: number;
  /** The envelope cannot be read, or the body in it. */
  readonly broken: 'no' | 'envelope' | 'body';
}

/** A trace as its chunks, in the order in which they are sent. */
export interface MadeTrace {
  readonly traceId: string;
  readonly shape: Shape;
  readonly chunks: readonly MadeChunk[];
}

const shapes = [
  'deep',
  'wide',
  'pair',
  'multiRoot',
  'rootless',
  'remoteRoot',
  'shared',
  'messages',
  'large',
  'shifted',
  'lonely',
  'broken',
] as const;
export type Shape = (typeof shapes)[number];

interface Short {
  readonly id: number;
  readonly parent: number;
  readonly kind: SpanKind;
  readonly service: string;
  readonly peer?: string;
  readonly remote?: boolean;
}

const { internal, server, client, producer, consumer } = kinds;
/** How many traces there are to choose from. */
export const poolSize = 360;
const made: Map<number, MadeTrace> = new Map();

/** The n-th trace. Kept: encoding is most of what a workload costs. */
export function traceOf(n: number): MadeTrace {
  const known = made.get(n) ?? makeTrace(n);
  made.set(n, known);
  return known;
}

function makeTrace(n: number): MadeTrace {
  const draws = new Draws(n, 99);
  const shape = shapes[n % shapes.length] ?? 'deep';
  const traceId = (0xabc000 + n).toString(16).padStart(32, '7');
  const spans = spansOf(shape, draws);
  const groups: Short[][] = [[]];
  for (const span of spans) {
    if (groups.at(-1)?.length !== 0 && draws.chance(shape === 'large' ? 0.2 : 0.45)) groups.push([]);
    groups.at(-1)?.push(span);
  }
  if (draws.chance(0.3)) groups.reverse();
  const aside = shape === 'shifted' ? -9 * 86_400_000 : 0;
  const chunks = groups.map((group) =>
    toChunk(
      traceId,
      group.map((span) => toSpan(traceId, span, draws, aside)),
    ),
  );
  const [first, ...rest] = chunks;
  if (shape === 'broken' && first !== undefined)
    chunks.splice(0, 1, breakChunk(first, draws), ...(rest.length === 0 ? [first] : []));
  return { traceId, shape, chunks };
}

function spansOf(shape: Shape, draws: Draws): Short[] {
  const at = (id: number, parent: number, kind: SpanKind, service: string, more: Partial<Short> = {}): Short => ({
    id,
    parent,
    kind,
    service,
    ...more,
  });
  const service = (): string => `service-${draws.int(1, 4)}`;
  switch (shape) {
    case 'deep':
      return Array.from({ length: draws.int(3, 7) }, (_, i) =>
        at(i + 1, i, i % 2 === 0 ? server : client, `service-${(i >> 1) + 1}`),
      );
    case 'wide':
      return [
        at(1, 0, server, 'front'),
        ...Array.from({ length: draws.int(2, 6) }, (_, i) =>
          at(i + 2, 1, client, 'front', i % 2 === 0 ? { peer: `db-${i}` } : {}),
        ),
      ];
    case 'pair':
      return [at(1, 0, server, 'front'), at(2, 1, client, 'front'), at(3, 2, server, service())];
    case 'multiRoot':
      return [at(1, 0, server, 'front'), at(2, 0, server, service()), at(3, 1, internal, 'front')];
    case 'rootless':
      return [at(2, 9, internal, service()), at(3, 2, client, service()), at(4, 3, server, service())];
    case 'remoteRoot':
      return [at(2, 9, server, 'edge', { remote: true }), at(3, 2, client, 'edge'), at(4, 3, server, service())];
    case 'shared':
      return [
        at(1, 0, client, 'front'),
        at(1, 0, server, service()),
        at(2, 1, client, 'back'),
        at(2, 1, server, service()),
      ];
    case 'messages':
      return [at(1, 0, producer, 'shop', { peer: 'orders' }), at(2, 1, consumer, 'store'), at(3, 1, consumer, 'mail')];
    case 'large':
      return Array.from({ length: draws.int(14, 24) }, (_, i) =>
        at(i + 1, i === 0 ? 0 : draws.int(1, i), i % 3 === 0 ? server : i % 3 === 1 ? client : internal, service()),
      );
    case 'shifted':
      return [at(1, 0, server, 'clockless'), at(2, 1, client, 'clockless'), at(3, 2, server, service())];
    case 'lonely':
      return [at(1, 0, server, service())];
    case 'broken':
      return [at(1, 0, server, service()), at(2, 1, client, service()), at(3, 2, server, service())];
  }
}

function toSpan(traceId: string, short: Short, draws: Draws, asideMs: number): Span {
  const startNs = BigInt(startMs + asideMs + draws.int(0, 90_000)) * 1_000_000n;
  const text = (key: string, value: string): Span['attributes'][number] => ({ key, value: { type: 'string', value } });
  const spanId = (id: number): string => id.toString(16).padStart(16, '0');
  return {
    traceId,
    spanId: spanId(short.id),
    parentSpanId: short.parent === 0 ? '' : spanId(short.parent),
    traceState: '',
    flags: short.remote === true ? 0x301 : 1,
    name: `GET /${short.service}`,
    kind: short.kind,
    startTimeUnixNano: startNs,
    endTimeUnixNano: startNs + BigInt(draws.int(1, 400)) * 1_000_000n,
    attributes: short.peer === undefined ? [] : [text('db.system.name', short.peer)],
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: { code: draws.chance(0.2) ? 2 : 0, message: '' },
    resource: { attributes: [text('service.name', short.service)], droppedAttributesCount: 0, schemaUrl: '' },
    scope: { name: 'sim', version: '', attributes: [], droppedAttributesCount: 0, schemaUrl: '' },
  };
}

function toChunk(traceId: string, spans: readonly Span[]): MadeChunk {
  const request = splitRequest(encodeSpans(spans));
  const [chunk] = request.ok ? request.value.chunks : [];
  if (chunk === undefined) throw new Error('the workload makes a request that is refused');
  const { codec, body } = spans.length % 4 === 0 ? compress(chunk.body) : { codec: 'none' as const, body: chunk.body };
  const value = encodeSpansRecord({ traceId, index: chunk.index, codec, body, truncated: false });
  return { value, key: Buffer.from(traceId, 'hex'), traceId, spans: spans.length, broken: 'no' };
}

/** The same chunk with an envelope, or a body, that nobody can read. */
function breakChunk(chunk: MadeChunk, draws: Draws): MadeChunk {
  if (draws.chance(0.5)) {
    const value = Buffer.from(chunk.value);
    value.fill(0xff, 2, 10);
    return { ...chunk, value, broken: 'envelope' };
  }
  const record = decodeSpansRecord(chunk.value);
  if (!record.ok) throw new Error(record.error.message);
  const value = encodeSpansRecord({ ...record.value, codec: 'none', body: Buffer.from('no spans') });
  return { ...chunk, value, broken: 'body' };
}
