/**
 * CRC-64-AVRO, the fingerprint of a schema's parsing canonical form; see
 * https://avro.apache.org/docs/1.12.0/specification/#schema-fingerprints.
 */
const empty = 0xc15d213aa4d7a795n;

const table: readonly bigint[] = Array.from({ length: 256 }, (_, i) => {
  let fingerprint = BigInt(i);
  for (let bit = 0; bit < 8; bit++) fingerprint = (fingerprint >> 1n) ^ (empty & -(fingerprint & 1n));
  return BigInt.asUintN(64, fingerprint);
});

export function crc64Avro(bytes: Uint8Array): bigint {
  let fingerprint = empty;
  for (const byte of bytes) {
    fingerprint = (fingerprint >> 8n) ^ (table[Number((fingerprint ^ BigInt(byte)) & 0xffn)] ?? 0n);
  }
  return fingerprint;
}
