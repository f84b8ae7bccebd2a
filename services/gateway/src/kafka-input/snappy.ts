/**
 * Snappy as Kafka's clients write it. Java's and Sarama frame their blocks, franz-go (the collector's
 * exporter since 2025) writes one block and no frame; Java reads both, and so must we:
 *
 *   framed = magic:8 (0x82 "SNAPPY" 0x00) version:int32 compatible:int32 { length:int32 block }*
 *
 * Integers are big endian.
 */
import { uncompressSync } from 'snappy';

const magic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const headerBytes = magic.length + 8;

/** Throws where the bytes are no snappy, as kafkajs expects of a codec. */
export function unsnap(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, magic.length).equals(magic)) return blockOf(bytes);
  const blocks: Buffer[] = [];
  for (let at = headerBytes; at < bytes.length;) {
    const length = bytes.readInt32BE(at);
    at += 4;
    if (length < 0 || at + length > bytes.length) throw new Error('A block of snappy ends before its length.');
    blocks.push(blockOf(bytes.subarray(at, at + length)));
    at += length;
  }
  return Buffer.concat(blocks);
}

function blockOf(bytes: Buffer): Buffer {
  const block = uncompressSync(bytes, { asBuffer: true });
  return typeof block === 'string' ? Buffer.from(block) : block;
}
