/**
 * Native, ClickHouse's own columnar format, as the HTTP interface reads it (protocol revision 0):
 *
 *   block  = columns:varint rows:varint column*
 *   column = name:string type:string data
 *   string = bytes:varint byte*
 *
 * and `data` by type, all little endian, nothing where there are no rows:
 *
 *   Int8 … UInt64, Date, DateTime, DateTime64, Bool    value*
 *   FixedString(n)                                     n bytes a row
 *   String                                             string*
 *   Tuple(A, B)                                        all of A, then all of B
 *   Array(T)                                           end:uint64* (running sums), then all elements
 *   Map(K, V)                                          as Array(Tuple(K, V))
 *   LowCardinality(T)                                  version:uint64 = 1, and where there are values:
 *                                                      flags:uint64 = width | 0x600 (width 0, 1, 2 for 1, 2, 4 bytes)
 *                                                      keys:uint64 T* rows:uint64 index*
 *   SimpleAggregateFunction(f, T)                      as T
 *
 * The version of a LowCardinality inside a Map or Array stands before the running sums.
 * From src/Formats/NativeReader.cpp and src/DataTypes/Serializations/SerializationLowCardinality.cpp.
 */
import { Bytes } from './bytes.ts';

/** A column of a block: what it is called, what it holds, and how its rows are written. */
export interface NativeColumn {
  readonly name: string;
  readonly type: string;
  /** Writes the data of all rows of the block. */
  write(bytes: Bytes): void;
}

/** A block of `rows` rows. */
export function nativeBlock(rows: number, columns: readonly NativeColumn[]): Uint8Array {
  const bytes = new Bytes(Math.max(4096, rows * 512));
  bytes.varint(columns.length);
  bytes.varint(rows);
  for (const column of columns) {
    bytes.string(column.name);
    bytes.string(column.type);
    if (rows > 0) column.write(bytes);
  }
  return bytes.finish();
}
