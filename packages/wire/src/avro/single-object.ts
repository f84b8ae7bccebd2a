/**
 * Avro's single-object encoding, https://avro.apache.org/docs/1.12.0/specification/#single-object-encoding:
 *
 *   value = C3 01 fingerprint datum      fingerprint = 8 bytes, little endian, of the writer's schema
 */
import { type Result, err, ok } from '@spanloom/span';
import avsc from 'avsc';

import type { WireError } from '../records.ts';
import { crc64Avro } from './fingerprint.ts';

/** Before the datum. */
export const headerBytes = 10;

/** Reads and writes the records of one schema. */
export interface SingleObject<T> {
  /** The first ten bytes of each value. */
  readonly header: Buffer;
  /** `roomBytes`: about how many bytes the datum takes. With too few it is encoded twice. */
  encode(datum: T, roomBytes: number): Buffer;
  /** `value` must begin with the header. Bytes in the datum are copies: keeping one keeps no block of the log. */
  decode(value: Buffer): Result<T, WireError>;
}

/** What a value of this schema begins with. */
export function headerOf(schema: object): Buffer {
  const type = avsc.Type.forSchema(structuredClone(schema) as avsc.Schema);
  const header = Buffer.alloc(headerBytes);
  header.set([0xc3, 0x01]);
  header.writeBigUInt64LE(crc64Avro(Buffer.from(JSON.stringify(type.schema()))), 2);
  return header;
}

/** By the library: for what is rare, and for holding the others against. */
export function singleObject<T>(schema: object): SingleObject<T> {
  const type = avsc.Type.forSchema(structuredClone(schema) as avsc.Schema);
  const header = headerOf(schema);
  return {
    header,
    encode(datum, roomBytes) {
      const value = Buffer.allocUnsafe(headerBytes + roomBytes);
      value.set(header);
      const end = type.encode(datum, value, headerBytes);
      return end < 0 ? Buffer.concat([header, type.toBuffer(datum)]) : value.subarray(0, end);
    },
    decode(value) {
      try {
        return ok(type.fromBuffer(value.subarray(headerBytes)) as T);
      } catch (error) {
        // avsc tells of bad bytes by throwing; to us they are input.
        const why = error instanceof Error ? error.message : String(error);
        return err({ message: `The bytes do not fit their Avro schema: ${why}`, unknownSchema: false });
      }
    },
  };
}

/** A reader for each schema that values may have been written with. */
export function readerOf<T>(
  readers: readonly { readonly header: Buffer; decode(value: Buffer): Result<T, WireError> }[],
): (value: Uint8Array) => Result<T, WireError> {
  return (value) => {
    const bytes = Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    if (bytes.length < headerBytes || bytes[0] !== 0xc3 || bytes[1] !== 0x01) {
      return err({ message: 'The bytes are no Avro single object.', unknownSchema: false });
    }
    for (const reader of readers) {
      if (reader.header.compare(bytes, 0, headerBytes) === 0) return reader.decode(bytes);
    }
    const fingerprint = bytes.subarray(2, headerBytes).toString('hex');
    return err({
      message: `The bytes have an Avro schema that is not known here (${fingerprint}).`,
      unknownSchema: true,
    });
  };
}
