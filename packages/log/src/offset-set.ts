/**
 * A set of offsets as disjoint ranges, with a floor below which every offset is in the set. Memory
 * follows the number of gaps, not of offsets.
 */
export class OffsetSet {
  /** `starts[i] ≤ offset < ends[i]`, ascending, never touching. */
  #starts: number[] = [];
  #ends: number[] = [];
  #floor: number;

  constructor(floor = 0) {
    this.#floor = floor;
  }

  get floor(): number {
    return this.#floor;
  }

  /** How many ranges lie above the floor. */
  get ranges(): number {
    return this.#starts.length;
  }

  has(offset: number): boolean {
    if (offset < this.#floor) return true;
    const i = this.#rangeAt(offset);
    return i >= 0 && offset < (this.#ends[i] as number);
  }

  add(offset: number): void {
    if (offset < this.#floor) return;
    const i = this.#rangeAt(offset);
    const end = i >= 0 ? (this.#ends[i] as number) : -1;
    if (offset < end) return;
    const touchesLeft = offset === end;
    const touchesRight = this.#starts[i + 1] === offset + 1;
    if (touchesLeft && touchesRight) {
      this.#ends[i] = this.#ends[i + 1] as number;
      this.#starts.splice(i + 1, 1);
      this.#ends.splice(i + 1, 1);
    } else if (touchesLeft) this.#ends[i] = offset + 1;
    else if (touchesRight) this.#starts[i + 1] = offset;
    else {
      this.#starts.splice(i + 1, 0, offset);
      this.#ends.splice(i + 1, 0, offset + 1);
    }
  }

  /** Puts every offset below `floor` into the set, and forgets the ranges there. */
  raiseFloor(floor: number): void {
    if (floor <= this.#floor) return;
    this.#floor = floor;
    let gone = 0;
    while (gone < this.#ends.length && (this.#ends[gone] as number) <= floor) gone++;
    this.#starts = this.#starts.slice(gone);
    this.#ends = this.#ends.slice(gone);
    if (this.#starts[0] !== undefined && this.#starts[0] < floor) this.#starts[0] = floor;
    // A range that begins at the floor is part of it.
    if (this.#starts[0] === floor) {
      this.#floor = this.#ends[0] as number;
      this.#starts.shift();
      this.#ends.shift();
    }
  }

  /** Index of the last range that starts at or before `offset`, or -1. */
  #rangeAt(offset: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] as number) <= offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
