/** OTLP requests written field by field, so that a test can also send what no SDK would. */

type Field = readonly [number: number, value: string | Uint8Array | number | bigint];

const tagged = (field: number, wireType: number): Buffer => varint((field << 3) | wireType);

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}

/** A number is a varint, a bigint a fixed64, all else length-delimited. */
export function message(...fields: readonly Field[]): Buffer {
  const parts: Uint8Array[] = [];
  for (const [field, value] of fields) {
    if (typeof value === 'number') parts.push(tagged(field, 0), varint(value));
    else if (typeof value === 'bigint') {
      const fixed = Buffer.alloc(8);
      fixed.writeBigUInt64LE(value);
      parts.push(tagged(field, 1), fixed);
    } else {
      const bytes = Buffer.from(value);
      parts.push(tagged(field, 2), varint(bytes.length), bytes);
    }
  }
  return Buffer.concat(parts);
}

export const attribute = (key: string, value: string | Uint8Array): Buffer =>
  message([1, key], [2, message([1, value])]);

export interface TestSpan {
  readonly traceId?: Uint8Array;
  readonly spanId?: Uint8Array;
  readonly parentSpanId?: Uint8Array;
  readonly name?: string | Uint8Array;
  readonly startNs?: bigint;
  readonly endNs?: bigint;
  readonly attributes?: readonly Uint8Array[];
}

/** An id of `bytes` bytes that ends in `n`. */
export function id(bytes: 8 | 16, n: number): Buffer {
  const filled = Buffer.alloc(bytes, 0xa0);
  filled.writeUInt32BE(n, bytes - 4);
  return filled;
}

export function span(fields: TestSpan = {}): Buffer {
  const startNs = fields.startNs ?? 1_790_000_000_000_000_000n;
  return message(
    [1, fields.traceId ?? id(16, 1)],
    [2, fields.spanId ?? id(8, 1)],
    ...(fields.parentSpanId === undefined ? [] : [[4, fields.parentSpanId] as const]),
    [5, fields.name ?? 'GET /cart'],
    [6, 2],
    [7, startNs],
    [8, fields.endNs ?? startNs + 5_000_000n],
    ...(fields.attributes ?? []).map((bytes) => [9, bytes] as const),
  );
}

/** An `ExportTraceServiceRequest` of one resource and one scope. */
export function exportRequest(...spans: readonly Uint8Array[]): Buffer {
  const scopeSpans = message([1, message([1, 'test'])], ...spans.map((bytes) => [2, bytes] as const));
  const resource = message([1, attribute('service.name', 'checkout')]);
  return message([1, message([1, resource], [2, scopeSpans])]);
}

/** What an SDK sends from a service with some load: `traces` × `spansPerTrace` spans with 8 attributes each. */
export function typicalRequest(traces: number, spansPerTrace: number, firstTrace: number): Buffer {
  const attributes = [
    'http.request.method',
    'url.path',
    'http.route',
    'server.address',
    'user_agent.original',
    'app.user.id',
    'app.cart.items',
    'thread.name',
  ];
  const spans: Buffer[] = [];
  for (let trace = 0; trace < traces; trace++) {
    for (let number = 0; number < spansPerTrace; number++) {
      spans.push(
        span({
          traceId: id(16, firstTrace + trace + 1),
          spanId: id(8, number + 1),
          ...(number === 0 ? {} : { parentSpanId: id(8, Math.ceil(number / 2)) }),
          name: `operation ${number}`,
          attributes: attributes.map((key, at) => attribute(key, `value ${at} of ${trace}`)),
        }),
      );
    }
  }
  return exportRequest(...spans);
}

/** Field number to values, of a message without groups and fixed-width fields. */
export function fieldsOf(bytes: Uint8Array): Map<number, (number | Buffer)[]> {
  const buffer = Buffer.from(bytes);
  const fields = new Map<number, (number | Buffer)[]>();
  let at = 0;
  const readVarint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = buffer.readUInt8(at++);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  while (at < buffer.length) {
    const tag = readVarint();
    let value: number | Buffer = readVarint();
    if ((tag & 7) === 2) {
      value = buffer.subarray(at, at + value);
      at += value.length;
    }
    const values = fields.get(tag >>> 3) ?? [];
    fields.set(tag >>> 3, [...values, value]);
  }
  return fields;
}
