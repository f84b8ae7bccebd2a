/**
 * Columns from arrays of values, one a row. What holds an array the length of the block's rows
 * fits here; the columns of spans, whose rows are picked out of a table, have their own file.
 */
import type { NativeColumn } from './block.ts';
import type { Bytes } from './bytes.ts';
import { lowCardinalityData, lowCardinalityVersion } from './low-cardinality.ts';

type IntegerType = 'Int16' | 'Int32' | 'UInt8' | 'UInt16' | 'UInt32';

/** Integers up to 32 bits. Values beyond the type wrap: the caller clamps. */
export function integers(name: string, type: IntegerType, values: ArrayLike<number>): NativeColumn {
  return { name, type, write: (bytes) => writeIntegers(bytes, type, values) };
}

/** Days since 1970-01-01. */
export function dates(name: string, days: ArrayLike<number>): NativeColumn {
  return { name, type: 'Date', write: (bytes) => writeIntegers(bytes, 'UInt16', days) };
}

/** Unix seconds, 0 to 2^32 - 1. */
export function dateTimes(name: string, seconds: ArrayLike<number>): NativeColumn {
  return {
    name,
    type: "DateTime('UTC')",
    write: (bytes) => writeIntegers(bytes, 'UInt32', seconds),
  };
}

/** Integers of 64 bits, from safe integers or bigints. `type` may be any type with that layout. */
export function longs(name: string, type: string, values: readonly (number | bigint)[] | Float64Array): NativeColumn {
  return { name, type, write: (bytes) => writeLongs(bytes, values) };
}

export function strings(name: string, values: readonly string[]): NativeColumn {
  return { name, type: 'String', write: (bytes) => values.forEach((value) => bytes.string(value)) };
}

/** Strings of any bytes. */
export function byteStrings(name: string, values: readonly Uint8Array[]): NativeColumn {
  return {
    name,
    type: 'String',
    write: (bytes) => values.forEach((value) => bytes.stringOf(value, 0, value.length)),
  };
}

/** `FixedString(size)`; each value has `size` bytes. */
export function fixedStrings(name: string, size: number, values: readonly Uint8Array[]): NativeColumn {
  return {
    name,
    type: `FixedString(${size})`,
    write: (bytes) => values.forEach((value) => bytes.copy(value, 0, size)),
  };
}

/** `LowCardinality(String)`. */
export function lowCardinality(name: string, values: readonly string[]): NativeColumn {
  return {
    name,
    type: 'LowCardinality(String)',
    write(bytes) {
      lowCardinalityVersion(bytes);
      writeDictionary(bytes, values);
    },
  };
}

/** `LowCardinality(String)` of `rows` rows with the same text, but for the last one. */
export function sameText(name: string, rows: number, text: string, last: string = text): NativeColumn {
  return {
    name,
    type: 'LowCardinality(String)',
    write(bytes) {
      const ids = new Int32Array(rows);
      if (last !== text) ids[rows - 1] = 1;
      lowCardinalityVersion(bytes);
      lowCardinalityData(bytes, ids, 2, (into, id) => into.string(id === 0 ? text : last));
    },
  };
}

/** `Array(…)`; `writeElements` writes the elements of all rows, one row after the other. */
export function arrays(
  name: string,
  elementType: string,
  lengths: readonly number[],
  writeElements: (bytes: Bytes) => void,
): NativeColumn {
  return {
    name,
    type: `Array(${elementType})`,
    write(bytes) {
      writeEnds(bytes, lengths);
      writeElements(bytes);
    },
  };
}

/** `Array(LowCardinality(String))`. */
export function textLists(name: string, values: readonly (readonly string[])[]): NativeColumn {
  return {
    name,
    type: 'Array(LowCardinality(String))',
    write(bytes) {
      lowCardinalityVersion(bytes);
      writeEnds(
        bytes,
        values.map((value) => value.length),
      );
      writeDictionary(bytes, values.flat());
    },
  };
}

/** `Map(Int16, Int64)`, or an aggregate function over it: sparse histograms. */
export function histograms(name: string, type: string, values: readonly ReadonlyMap<number, number>[]): NativeColumn {
  return {
    name,
    type,
    write(bytes) {
      writeEnds(
        bytes,
        values.map((value) => value.size),
      );
      for (const value of values) writeIntegers(bytes, 'Int16', [...value.keys()]);
      for (const value of values) writeLongs(bytes, [...value.values()]);
    },
  };
}

/** `Map(LowCardinality(String), String)`; keys may repeat. */
export function textMaps(name: string, values: readonly (readonly (readonly [string, string])[])[]): NativeColumn {
  return {
    name,
    type: 'Map(LowCardinality(String), String)',
    write(bytes) {
      lowCardinalityVersion(bytes);
      writeEnds(
        bytes,
        values.map((value) => value.length),
      );
      writeDictionary(
        bytes,
        values.flatMap((value) => value.map(([key]) => key)),
      );
      for (const value of values) for (const [, text] of value) bytes.string(text);
    },
  };
}

/** Columns one after the other, as in a Tuple of that type. */
export function tuples(name: string, type: string, parts: readonly NativeColumn[]): NativeColumn {
  return { name, type, write: (bytes) => parts.forEach((part) => part.write(bytes)) };
}

/** The same column under another type with the same layout. */
export function typed(column: NativeColumn, type: string): NativeColumn {
  return { ...column, type };
}

export function writeLongs(bytes: Bytes, values: readonly (number | bigint)[] | Float64Array): void {
  let at = bytes.reserve(values.length * 8);
  const { view } = bytes;
  for (const value of values) {
    view.setBigInt64(at, BigInt(value), true);
    at += 8;
  }
}

/** The running sums of an Array or Map. */
export function writeEnds(bytes: Bytes, lengths: ArrayLike<number>): void {
  let at = bytes.reserve(lengths.length * 8);
  const { view } = bytes;
  let end = 0;
  for (let i = 0; i < lengths.length; i++) {
    end += lengths[i] ?? 0;
    // Elements of a block are far below 2^32: it has at most 64 MB.
    view.setUint32(at, end, true);
    view.setUint32(at + 4, 0, true);
    at += 8;
  }
}

function writeDictionary(bytes: Bytes, values: readonly string[]): void {
  const known = new Map<string, number>();
  const keys: string[] = [];
  const ids = new Int32Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? '';
    let id = known.get(value);
    if (id === undefined) {
      id = keys.length;
      known.set(value, id);
      keys.push(value);
    }
    ids[row] = id;
  }
  lowCardinalityData(bytes, ids, keys.length, (into, id) => into.string(keys[id] ?? ''));
}

export function writeIntegers(bytes: Bytes, type: IntegerType, values: ArrayLike<number>): void {
  const size = type.endsWith('8') ? 1 : type.endsWith('16') ? 2 : 4;
  let at = bytes.reserve(values.length * size);
  const { view } = bytes;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (size === 1) view.setUint8(at, value);
    else if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += size;
  }
}
