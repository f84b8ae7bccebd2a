import type { FieldReader } from '@spanloom/wire';

const scratch: DataView = new DataView(new ArrayBuffer(8));

/** The text of an `AnyValue` that is a bool, int or double; null for anything else. */
export function scalarText(value: FieldReader): string | null {
  if (value.is(2, 0)) return value.lo === 0 && value.hi === 0 ? 'false' : 'true';
  if (value.is(3, 0)) return value.hi === 0 ? String(value.lo) : String(value.signed());
  if (!value.is(4, 1)) return null;
  scratch.setUint32(0, value.lo, true);
  scratch.setUint32(4, value.hi, true);
  const number = scratch.getFloat64(0, true);
  return Object.is(number, -0) ? '-0' : String(number);
}
