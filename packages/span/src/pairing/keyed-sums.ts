/**
 * Sums by a key of four 32-bit integers, in columns: a string or an object per span would cost more
 * than the pairing. Entries are numbered from 0 in order of appearance.
 */
export class KeyedSums {
  /** Distinct keys. */
  count = 0;
  /** `width` sums an entry. */
  sums: Float64Array;
  /** Four integers an entry. */
  #keys: Int32Array;
  /** Number of the entry plus 1; 0 is empty. At most half of them are taken. */
  #slots: Int32Array;
  readonly #width: number;

  constructor(width: number) {
    const capacity = 256;
    this.#width = width;
    this.sums = new Float64Array(width * capacity);
    this.#keys = new Int32Array(4 * capacity);
    this.#slots = new Int32Array(2 * capacity);
  }

  /** The entry of a key, with all sums 0 when it is new. */
  entry(a: number, b: number, c: number, d: number): number {
    const keys = this.#keys;
    const mask = this.#slots.length - 1;
    let slot = hash(a, b, c, d) & mask;
    for (;;) {
      const entry = (this.#slots[slot] ?? 0) - 1;
      if (entry < 0) break;
      const at = 4 * entry;
      if (keys[at] === a && keys[at + 1] === b && keys[at + 2] === c && keys[at + 3] === d) return entry;
      slot = (slot + 1) & mask;
    }
    if (2 * (this.count + 1) > this.#slots.length) {
      this.#grow();
      return this.entry(a, b, c, d);
    }
    const entry = this.count;
    this.count = entry + 1;
    this.#slots[slot] = entry + 1;
    this.#keys.set([a, b, c, d], 4 * entry);
    return entry;
  }

  /** Adds to one sum of an entry. */
  add(entry: number, sum: number, amount: number): void {
    const at = this.#width * entry + sum;
    this.sums[at] = (this.sums[at] ?? 0) + amount;
  }

  get(entry: number, sum: number): number {
    return this.sums[this.#width * entry + sum] ?? 0;
  }

  /** Part 0 to 3 of an entry's key. */
  key(entry: number, part: number): number {
    return this.#keys[4 * entry + part] ?? 0;
  }

  #grow(): void {
    const slots = new Int32Array(2 * this.#slots.length);
    const sums = new Float64Array(this.sums.length * 2);
    sums.set(this.sums);
    const keys = new Int32Array(this.#keys.length * 2);
    keys.set(this.#keys);
    this.sums = sums;
    this.#keys = keys;
    this.#slots = slots;
    for (let entry = 0; entry < this.count; entry += 1) {
      let slot = hash(this.key(entry, 0), this.key(entry, 1), this.key(entry, 2), this.key(entry, 3));
      while (slots[(slot &= slots.length - 1)] !== 0) slot += 1;
      slots[slot] = entry + 1;
    }
  }
}

function hash(a: number, b: number, c: number, d: number): number {
  let mixed = Math.imul(a ^ Math.imul(b, 0x9e3779b1), 0x85ebca6b);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed ^ Math.imul(c, 0xc2b2ae35) ^ d, 0x27d4eb2f);
  mixed ^= mixed >>> 13;
  return Math.imul(mixed, 0x165667b1) >>> 6;
}
