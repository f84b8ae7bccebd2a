/** A number in [0, 1) that depends on the seed, a purpose and a count only: no stream that a removed fault would shift. */
export function drawn(seed: number, purpose: number, count: number): number {
  let t = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(purpose + 1, 0xc2b2ae35)) | 0;
  t = (t + Math.imul(count + 1, 0x6d2b79f5)) | 0;
  t = Math.imul(t ^ (t >>> 15), 1 | t);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  t = Math.imul(t ^ (t >>> 16), 0x45d9f3b);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

/** The numbers of one purpose, one after the other. */
export class Draws {
  readonly #seed: number;
  readonly #purpose: number;
  #count = 0;

  constructor(seed: number, purpose: number) {
    this.#seed = seed;
    this.#purpose = purpose;
  }

  next(): number {
    return drawn(this.#seed, this.#purpose, this.#count++);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** From `low` to `high`, both inclusive. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  pick<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.next() * items.length)];
  }
}

/** What random numbers are drawn for: each purpose has numbers of its own. */
export const Purpose = {
  setting: 1,
  traces: 2,
  producer: 3,
  events: 4,
  calls: 5,
  network: 6,
  group: 7,
  clocks: 8,
  feud: 9,
} as const;
