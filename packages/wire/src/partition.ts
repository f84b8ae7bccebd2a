/**
 * The partition of a trace: what Kafka's default partitioner does with a 16-byte key, so that any
 * Kafka producer that keys by trace id agrees with us.
 * See https://github.com/apache/kafka, `Utils.murmur2` and `BuiltInPartitioner.partitionForKey`.
 */
export function partitionOf(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fff_ffff) % partitions;
}

const multiplier = 0x5bd1_e995;
const seed = 0x9747_b28c;

/** MurmurHash2, 32 bits, as a signed integer. */
export function murmur2(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length & ~3;
  let hash = seed ^ bytes.length;
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(view.getInt32(at, true), multiplier);
    word = Math.imul(word ^ (word >>> 24), multiplier);
    hash = Math.imul(hash, multiplier) ^ word;
  }
  const rest = bytes.length - whole;
  if (rest > 2) hash ^= view.getUint8(whole + 2) << 16;
  if (rest > 1) hash ^= view.getUint8(whole + 1) << 8;
  if (rest > 0) hash = Math.imul(hash ^ view.getUint8(whole), multiplier);
  hash = Math.imul(hash ^ (hash >>> 13), multiplier);
  return hash ^ (hash >>> 15);
}
