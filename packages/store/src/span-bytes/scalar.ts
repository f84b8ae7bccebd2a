import type { FieldReader } from './protobuf.ts';

/** The text of an `AnyValue` that is a bool, int or double; null for anything else. */
export function scalarText(value: FieldReader): string | null {
  if (value.is(2, 0)) return value.varint() === 0 ? 'false' : 'true';
  // Seven bytes of a varint are 49 bits: a number holds them, and nearly every integer is that small.
  if (value.is(3, 0)) return value.to - value.from <= 7 ? String(value.varint()) : String(value.int64());
  if (!value.is(4, 1)) return null;
  const number = doubleAt(value.bytes, value.from);
  return Object.is(number, -0) ? '-0' : String(number);
}

const scratch: DataView = new DataView(new ArrayBuffer(8));

function doubleAt(bytes: Uint8Array, from: number): number {
  for (let i = 0; i < 8; i++) scratch.setUint8(i, bytes[from + i] ?? 0);
  return scratch.getFloat64(0, true);
}
