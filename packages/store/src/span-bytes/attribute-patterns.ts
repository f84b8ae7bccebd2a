/**
 * An attribute as it stands in the bytes of an OTLP message, whichever of its types shows as the
 * text that is looked for:
 *
 *   KeyValue   = key:1 string, value:2 AnyValue
 *   AnyValue   = string:1 | bool:2 | int:3 int64 | double:4 | array:5 | kvlist:6 | bytes:7
 *   ArrayValue = values:1 AnyValue*      KeyValueList = values:1 KeyValue*
 *
 * Senders write fields in this order, and lengths in as few bytes as they take; the bytes of
 * another sender are not found.
 */
export function attributePatterns(key: string, text: string): Buffer[] {
  return valuesOf(text).map((value) => keyValue(key, value));
}

function keyValue(key: string, value: Buffer): Buffer {
  return Buffer.concat([field(1, Buffer.from(key)), field(2, value)]);
}

/** The `AnyValue` messages that show as this text. */
function valuesOf(text: string): Buffer[] {
  const values = [field(1, Buffer.from(text))];
  if (text === 'true' || text === 'false') values.push(bool(text === 'true'));
  if (/^(0|-?[1-9]\d{0,18})$/.test(text)) values.push(int(BigInt(text)));
  if (String(Number(text)) === text && text !== 'NaN') values.push(double(Number(text)));
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length > 0 && bytes.toString('base64') === text) values.push(field(7, bytes));
  const json = text.startsWith('[') || text.startsWith('{') ? parsed(text) : undefined;
  // A whole number in JSON may have been an int or a double.
  if (json !== undefined) values.push(nested(json, 'int'), nested(json, 'double'));
  return values;
}

function nested(json: unknown, whole: 'int' | 'double'): Buffer {
  if (typeof json === 'string') return field(1, Buffer.from(json));
  if (typeof json === 'boolean') return bool(json);
  if (typeof json === 'number') return whole === 'int' && Number.isInteger(json) ? int(BigInt(json)) : double(json);
  if (Array.isArray(json)) {
    return field(5, Buffer.concat(json.map((value: unknown) => field(1, nested(value, whole)))));
  }
  if (typeof json !== 'object' || json === null) return Buffer.alloc(0);
  const pairs = Object.entries(json).map(([key, value]) => field(1, keyValue(key, nested(value, whole))));
  return field(6, Buffer.concat(pairs));
}

function bool(value: boolean): Buffer {
  return Buffer.from([2 * 8, value ? 1 : 0]);
}

function int(value: bigint): Buffer {
  return Buffer.from([3 * 8, ...varint(BigInt.asUintN(64, value))]);
}

function double(value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = 4 * 8 + 1;
  bytes.writeDoubleLE(value, 1);
  return bytes;
}

function field(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([number * 8 + 2, ...varint(BigInt(bytes.length))]), bytes]);
}

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return bytes;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
