import type { Bytes } from '../native/bytes.ts';

/** Attribute keys, as bytes, to small integers: no string is made of a key that was seen before. */
export class KeyTable {
  /** Where key `i` begins and ends in the bytes of `sources[i]`. */
  readonly #sources: Uint8Array[] = [];
  readonly #from: number[] = [];
  readonly #to: number[] = [];
  #slots: Int32Array = new Int32Array(1024).fill(-1);
  /** The key that came after key `i` the last time it was asked for. */
  readonly #after: number[] = [];
  #last = 0;

  get size(): number {
    return this.#sources.length;
  }

  /** The number of the key at `from` to `to`. The bytes must not change afterwards. */
  id(bytes: Uint8Array, from: number, to: number): number {
    // Spans of an operation have the same keys in the same order: a comparison is half of a hash and a comparison.
    const expected = this.#after[this.#last] ?? -1;
    if (expected !== -1 && this.#equals(expected, bytes, from, to)) {
      this.#last = expected;
      return expected;
    }
    const id = this.#find(bytes, from, to);
    this.#after[this.#last] = id;
    this.#last = id;
    return id;
  }

  #find(bytes: Uint8Array, from: number, to: number): number {
    let hash = 0x811c9dc5;
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
    const mask = this.#slots.length - 1;
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const id = this.#slots[slot] ?? -1;
      if (id === -1) return this.#add(slot, bytes, from, to);
      if (this.#equals(id, bytes, from, to)) return id;
    }
  }

  /** Writes the key as a String. */
  write(into: Bytes, id: number): void {
    const source = this.#sources[id];
    if (source !== undefined) into.stringOf(source, this.#from[id] ?? 0, this.#to[id] ?? 0);
  }

  #equals(id: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.#from[id] ?? 0;
    if ((this.#to[id] ?? 0) - start !== to - from) return false;
    const source = this.#sources[id];
    if (source === undefined) return false;
    for (let at = from; at < to; at++) if (source[start + at - from] !== bytes[at]) return false;
    return true;
  }

  #add(slot: number, bytes: Uint8Array, from: number, to: number): number {
    const id = this.#sources.length;
    this.#sources.push(bytes);
    this.#from.push(from);
    this.#to.push(to);
    this.#after.push(-1);
    this.#slots[slot] = id;
    // Half full, a look-up meets one or two slots; ten thousand keys of one span make it grow often enough.
    if (this.#sources.length * 2 > this.#slots.length) this.#rehash();
    return id;
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (const [id, source] of this.#sources.entries()) {
      let hash = 0x811c9dc5;
      for (let at = this.#from[id] ?? 0; at < (this.#to[id] ?? 0); at++) {
        hash = Math.imul(hash ^ (source[at] ?? 0), 0x01000193);
      }
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (slots[slot] !== -1) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.#slots = slots;
  }
}
