/**
 * Distinct span ids, numbered from 0 in order of appearance. Open addressing on 32-bit halves: a
 * string per span would cost more than all else that is done with it.
 */
export class IdTable {
  /** Ids added since the last reset. */
  count = 0;
  #hi: Uint32Array = new Uint32Array(0);
  #lo: Uint32Array = new Uint32Array(0);
  /** Number of the id plus 1; 0 is empty. */
  #slots: Int32Array = new Int32Array(0);
  #mask = 0;

  /** Forgets everything and makes room for `ids` distinct ids. */
  reset(ids: number): void {
    let size = 16;
    while (size < 2 * ids) size *= 2;
    if (size > this.#slots.length) {
      this.#slots = new Int32Array(size);
      this.#hi = new Uint32Array(size / 2);
      this.#lo = new Uint32Array(size / 2);
    } else {
      this.#slots.fill(0, 0, size);
    }
    this.#mask = size - 1;
    this.count = 0;
  }

  /** The number of this id; a new one gets `count` as it was before. */
  add(hi: number, lo: number): number {
    const slots = this.#slots;
    let slot = hash(hi, lo) & this.#mask;
    for (;;) {
      const entry = (slots[slot] ?? 0) - 1;
      if (entry < 0) break;
      if (this.#lo[entry] === lo && this.#hi[entry] === hi) return entry;
      slot = (slot + 1) & this.#mask;
    }
    const entry = this.count;
    this.count = entry + 1;
    slots[slot] = entry + 1;
    this.#hi[entry] = hi;
    this.#lo[entry] = lo;
    return entry;
  }

  /** The number of this id, or -1. */
  find(hi: number, lo: number): number {
    const slots = this.#slots;
    let slot = hash(hi, lo) & this.#mask;
    for (;;) {
      const entry = (slots[slot] ?? 0) - 1;
      if (entry < 0) return -1;
      if (this.#lo[entry] === lo && this.#hi[entry] === hi) return entry;
      slot = (slot + 1) & this.#mask;
    }
  }
}

/** Ids are random with most senders, but some count upwards: both halves must reach the low bits. */
function hash(hi: number, lo: number): number {
  let mixed = Math.imul(lo ^ Math.imul(hi, 0x9e3779b1), 0x85ebca6b);
  mixed ^= mixed >>> 15;
  return Math.imul(mixed, 0xc2b2ae35) >>> 7;
}
