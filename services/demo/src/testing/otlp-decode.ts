/** A span as the tests look at it. */
export interface SeenSpan {
  readonly service: string;
  readonly resource: Readonly<Record<string, string | number>>;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly name: string;
  /** OTLP `SpanKind`: 2 SERVER, 3 CLIENT, 4 PRODUCER, 5 CONSUMER. */
  readonly kind: number;
  readonly startMs: number;
  readonly durationMs: number;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly exceptions: number;
  /** Span ids that it links to. */
  readonly links: readonly string[];
  readonly failed: boolean;
}

type Field = readonly [number: number, value: Uint8Array | bigint];

/**
 * The spans of an `ExportTraceServiceRequest`, read by field number from opentelemetry-proto
 * trace/v1, so that the demo is not judged by the decoder of the pipeline that it feeds.
 */
export function decodeRequest(bytes: Uint8Array): SeenSpan[] {
  return messages(bytes, 1).flatMap((resourceSpans) => {
    const resource = attributes(messages(resourceSpans, 1)[0] ?? new Uint8Array(), 1);
    return messages(resourceSpans, 2).flatMap((scopeSpans) =>
      messages(scopeSpans, 2).map((span) => toSpan(span, resource)),
    );
  });
}

function toSpan(bytes: Uint8Array, resource: SeenSpan['resource']): SeenSpan {
  const startNs = number(bytes, 7);
  return {
    service: String(resource['service.name']),
    resource,
    traceId: hex(bytes, 1),
    spanId: hex(bytes, 2),
    parentSpanId: hex(bytes, 4),
    name: text(bytes, 5),
    kind: Number(number(bytes, 6)),
    startMs: Number(startNs / 1_000_000n),
    durationMs: Number(number(bytes, 8) - startNs) / 1e6,
    attributes: attributes(bytes, 9),
    exceptions: messages(bytes, 11).filter((event) => text(event, 2) === 'exception').length,
    links: messages(bytes, 13).map((link) => hex(link, 2)),
    failed: messages(bytes, 15).some((status) => number(status, 3) === 2n),
  };
}

function attributes(bytes: Uint8Array, field: number): Record<string, string | number> {
  return Object.fromEntries(
    messages(bytes, field).map((pair) => {
      const value = messages(pair, 2)[0] ?? new Uint8Array();
      const isText = fields(value).some(([n]) => n === 1);
      return [text(pair, 1), isText ? text(value, 1) : Number(number(value, 3))];
    }),
  );
}

function fields(bytes: Uint8Array): Field[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = view.getUint8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const wireType = tag & 7;
    if (wireType === 0) found.push([tag >> 3, varint()]);
    else if (wireType === 1) {
      found.push([tag >> 3, view.getBigUint64(at, true)]);
      at += 8;
    } else if (wireType === 5) {
      found.push([tag >> 3, BigInt(view.getUint32(at, true))]);
      at += 4;
    } else {
      const length = Number(varint());
      found.push([tag >> 3, bytes.subarray(at, at + length)]);
      at += length;
    }
  }
  return found;
}

function messages(bytes: Uint8Array, field: number): Uint8Array[] {
  return fields(bytes).flatMap(([n, value]) => (n === field && typeof value !== 'bigint' ? [value] : []));
}

function number(bytes: Uint8Array, field: number): bigint {
  for (const [n, value] of fields(bytes)) if (n === field && typeof value === 'bigint') return value;
  return 0n;
}

function text(bytes: Uint8Array, field: number): string {
  return Buffer.from(messages(bytes, field)[0] ?? new Uint8Array()).toString('utf8');
}

function hex(bytes: Uint8Array, field: number): string {
  return Buffer.from(messages(bytes, field)[0] ?? new Uint8Array()).toString('hex');
}
