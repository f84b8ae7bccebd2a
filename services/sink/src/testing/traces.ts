import type { NewRecord } from '@spanloom/log';
import { type Span, type SpanKind, type SpanLink, type TraceId, SpanKind as kinds } from '@spanloom/span';
import { type TraceChunk, compress, encodeSpans, encodeTraceRecord, splitRequest, traceHeaders } from '@spanloom/wire';

import { startMs } from './rig.ts';

/** A span in short. Times are milliseconds after {@link startMs}. */
export interface ShortSpan {
  readonly id: number;
  /** 0 or absent: a root. */
  readonly parent?: number;
  readonly service?: string;
  readonly environment?: string;
  readonly kind?: SpanKind;
  readonly name?: string;
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly error?: boolean;
  readonly traceState?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly links?: readonly { readonly traceId: TraceId; readonly id: number }[];
}

/** For tests: the n-th trace id. */
export function traceIdOf(n: number): TraceId {
  return n.toString(16).padStart(32, '0');
}

function spanIdOf(id: number): string {
  return id.toString(16).padStart(16, '0');
}

export function spanOf(traceId: TraceId, short: ShortSpan): Span {
  const attributesOf = (texts: Readonly<Record<string, string>>): Span['attributes'] =>
    Object.entries(texts).map(([key, value]) => ({ key, value: { type: 'string', value } }));
  const nanos = (ms: number): bigint => BigInt(Math.round((startMs + ms) * 1000)) * 1000n;
  const links: SpanLink[] = (short.links ?? []).map((link) => ({
    traceId: link.traceId,
    spanId: spanIdOf(link.id),
    traceState: '',
    attributes: [],
    droppedAttributesCount: 0,
    flags: 0,
  }));
  return {
    traceId,
    spanId: spanIdOf(short.id),
    parentSpanId: short.parent === undefined || short.parent === 0 ? '' : spanIdOf(short.parent),
    traceState: short.traceState ?? '',
    flags: 1,
    name: short.name ?? 'work',
    kind: short.kind ?? kinds.internal,
    startTimeUnixNano: nanos(short.fromMs ?? 0),
    endTimeUnixNano: nanos(short.toMs ?? 10),
    attributes: attributesOf(short.attributes ?? {}),
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links,
    droppedLinksCount: 0,
    status: { code: short.error === true ? 2 : 0, message: '' },
    resource: {
      attributes: attributesOf({
        'service.name': short.service ?? 'shop',
        'deployment.environment.name': short.environment ?? 'prod',
      }),
      droppedAttributesCount: 0,
      schemaUrl: '',
    },
    scope: { name: 'test', version: '', attributes: [], droppedAttributesCount: 0, schemaUrl: '' },
  };
}

/** For tests: a chunk of `traces` with these spans, as the gateway would have made it. */
export function chunkOf(traceId: TraceId, offset: number, spans: readonly ShortSpan[]): TraceChunk {
  const split = splitRequest(encodeSpans(spans.map((short) => spanOf(traceId, short))));
  if (!split.ok) throw new Error(split.error.message);
  const [chunk, another] = split.value.chunks;
  if (chunk === undefined || another !== undefined) throw new Error('The spans must be of one trace.');
  return { offset, spanCount: spans.length, bodyBytes: chunk.body.length, ...compress(chunk.body), truncated: false };
}

/** For tests: the record of a finished trace, as the assembler would have made it. */
export function traceRecord(traceId: TraceId, chunks: readonly TraceChunk[], watermarkOffset = 0): NewRecord {
  const value = encodeTraceRecord({
    type: 'trace',
    traceId,
    reason: 'complete',
    wholeness: { complete: true, remoteRoot: false, roots: 1, missingParents: [], missingCount: 0 },
    part: 0,
    parts: 1,
    chunks,
    watermark: { offset: watermarkOffset, streamTimeMs: startMs },
  });
  const sum = (of: (chunk: TraceChunk) => number): string =>
    String(chunks.reduce((total, chunk) => total + of(chunk), 0));
  const headers = {
    [traceHeaders.spans]: sum((chunk) => chunk.spanCount),
    [traceHeaders.bytes]: sum((chunk) => chunk.bodyBytes),
  };
  return { key: Buffer.from(traceId, 'hex'), value, headers };
}
