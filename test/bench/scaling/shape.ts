import type { NewRecord } from '@spanloom/log';
import { type Span, SpanKind, StatusCode } from '@spanloom/span';
import { chunkRecord, encodeSpans, splitRequest } from '@spanloom/wire';

import type { Random } from '../../load/random.ts';

/** What traces are like. */
export interface Shape {
  readonly spansPerTrace: number;
  readonly attributesPerSpan: number;
  /** At most; a trace comes in as few chunks as that allows. */
  readonly spansPerChunk: number;
}

const services = ['frontend', 'checkout', 'catalog', 'cart', 'payment', 'mailer'];
const branching = 4;

/** A trace's records of `spans`, in the order in which its spans begin: pairs of a client and a server span. */
export function traceRecords(random: Random, shape: Shape, startMs: number): NewRecord[] {
  const traceId = random.hex(16);
  const ids = Array.from({ length: shape.spansPerTrace }, () => random.hex(8));
  const records: NewRecord[] = [];
  for (let from = 0; from < ids.length; from += shape.spansPerChunk) {
    const spans = ids
      .slice(from, from + shape.spansPerChunk)
      .map((spanId, at) => makeSpan(random, shape, { traceId, spanId, nth: from + at, ids, startMs }));
    const split = splitRequest(encodeSpans(spans));
    if (!split.ok) throw new Error(split.error.message);
    records.push(...split.value.chunks.map(chunkRecord));
  }
  return records;
}

interface Place {
  readonly traceId: string;
  readonly spanId: string;
  readonly nth: number;
  readonly ids: readonly string[];
  readonly startMs: number;
}

/** Span 0 is the root; of the others, odd ones are calls of a server span, and the next even one answers it. */
function makeSpan(random: Random, shape: Shape, { traceId, spanId, nth, ids, startMs }: Place): Span {
  const isCall = nth % 2 === 1;
  const server = isCall ? 2 * Math.floor((nth - 1) / 2 / branching) : nth;
  const parent = nth === 0 ? '' : (ids[isCall ? server : nth - 1] ?? '');
  const service = services[(isCall ? server : nth) % services.length] ?? '';
  const startNs = BigInt(startMs) * 1_000_000n + BigInt(nth) * 1000n;
  return {
    traceId,
    spanId,
    parentSpanId: parent,
    traceState: '',
    flags: 0,
    name: `work ${nth % 20}`,
    kind: isCall ? SpanKind.client : SpanKind.server,
    startTimeUnixNano: startNs,
    endTimeUnixNano: startNs + BigInt(random.int(10_000, 50_000_000)),
    attributes: Array.from({ length: shape.attributesPerSpan }, (_, i) => ({
      key: `app.attribute.${i}`,
      value: { type: 'string', value: i === 0 ? random.hex(6) : `value ${(nth + i) % 50}` },
    })),
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: { code: StatusCode.unset, message: '' },
    resource: {
      attributes: [{ key: 'service.name', value: { type: 'string', value: service } }],
      droppedAttributesCount: 0,
      schemaUrl: '',
    },
    scope: { name: 'bench', version: '', attributes: [], droppedAttributesCount: 0, schemaUrl: '' },
  };
}
