import type { Bytes } from './bytes.ts';

/** Says that a dictionary travels with each block. */
export function lowCardinalityVersion(bytes: Bytes): void {
  bytes.uint64(1);
}

/**
 * Writes a dictionary and the index of each row into it, without the version. `ids` may have gaps
 * and repeats: only the keys in use are written, by `writeKey`, in order of appearance.
 */
export function lowCardinalityData(
  bytes: Bytes,
  ids: Int32Array,
  keyCount: number,
  writeKey: (bytes: Bytes, id: number) => void,
): void {
  if (ids.length === 0) return;
  const indexOf = new Int32Array(keyCount).fill(-1);
  const keys: number[] = [];
  for (const id of ids) {
    if (indexOf[id] === -1) {
      indexOf[id] = keys.length;
      keys.push(id);
    }
  }
  const width = keys.length <= 0xff ? 0 : keys.length <= 0xffff ? 1 : 2;
  bytes.uint64(0x600 | width);
  bytes.uint64(keys.length);
  for (const id of keys) writeKey(bytes, id);
  bytes.uint64(ids.length);
  writeIndexes(bytes, ids, indexOf, width);
}

function writeIndexes(bytes: Bytes, ids: Int32Array, indexOf: Int32Array, width: 0 | 1 | 2): void {
  let at = bytes.reserve(ids.length << width);
  const { raw, view } = bytes;
  for (const id of ids) {
    const index = indexOf[id] ?? 0;
    if (width === 0) raw[at] = index;
    else if (width === 1) view.setUint16(at, index, true);
    else view.setUint32(at, index, true);
    at += 1 << width;
  }
}
