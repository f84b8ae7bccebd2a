/** Protobuf's and Jaeger's messages as the loaded definitions have them, and what they mean here. */
import type { ModelProcess, ModelSpan } from '../jaeger/model.ts';
import type { JaegerTag } from '../jaeger/tags.ts';

/** `google.protobuf.Timestamp` and `Duration`; null where it was not sent. */
export type Seconds = { readonly seconds: string; readonly nanos: number } | null;

/** Nanoseconds; null where nothing was sent, or what Go sends for nothing: the year 1. */
export function nanosecondsOf(time: Seconds): bigint | null {
  if (time === null) return null;
  const ns = BigInt(time.seconds) * 1_000_000_000n + BigInt(time.nanos);
  return ns <= 0n ? null : ns;
}

/** A search as both generations send it. */
export interface QueryMessage {
  readonly serviceName: string;
  readonly operationName: string;
  readonly startTimeMin: Seconds;
  readonly startTimeMax: Seconds;
  readonly durationMin: Seconds;
  readonly durationMax: Seconds;
  readonly searchDepth: number;
  readonly rawTraces: boolean;
}

/** `jaeger.api_v2.Span`. */
export function spanMessage(span: ModelSpan): object {
  return {
    traceId: Buffer.from(span.traceId, 'hex'),
    spanId: Buffer.from(span.spanId, 'hex'),
    operationName: span.operationName,
    references: span.references.map(({ refType, traceId, spanId }) => ({
      refType,
      traceId: Buffer.from(traceId, 'hex'),
      spanId: Buffer.from(spanId, 'hex'),
    })),
    startTime: secondsOf(span.startNs),
    duration: secondsOf(span.durationNs),
    tags: span.tags.map(keyValue),
    logs: span.logs.map(({ timeNs, fields }) => ({ timestamp: secondsOf(timeNs), fields: fields.map(keyValue) })),
    process: processMessage(span.process),
    warnings: span.warnings,
  };
}

function processMessage({ serviceName, tags }: ModelProcess): object {
  return { serviceName, tags: tags.map(keyValue) };
}

function secondsOf(ns: bigint): object {
  return { seconds: String(ns / 1_000_000_000n), nanos: Number(ns % 1_000_000_000n) };
}

function keyValue({ key, type, value }: JaegerTag): object {
  switch (type) {
    case 'string':
      return { key, vType: 'STRING', vStr: value };
    case 'bool':
      return { key, vType: 'BOOL', vBool: value };
    case 'int64':
      return { key, vType: 'INT64', vInt64: String(value) };
    case 'float64':
      return { key, vType: 'FLOAT64', vFloat64: Number(value) };
    case 'binary':
      return { key, vType: 'BINARY', vBinary: Buffer.from(String(value), 'base64') };
  }
}
