/** Ids are kept in generations of this length, so that old ones go a generation at a time. */
const generationMs = 20 * 60 * 1000;

/**
 * Which traces may have a fragment in the store already. Says yes too often (once in about 2^32
 * per id kept), never no too often, within `windowMs` before the newest id. Only saves look-ups.
 */
export class RecentTraces {
  readonly #windowMs: number;
  readonly #generations: Map<number, FingerprintSet> = new Map();

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** @param traceId 16 bytes. */
  add(traceId: Uint8Array, appendTimeMs: number): void {
    const number = Math.floor(appendTimeMs / generationMs);
    let generation = this.#generations.get(number);
    if (generation === undefined) {
      generation = new FingerprintSet();
      this.#generations.set(number, generation);
      for (const old of this.#generations.keys()) {
        if ((old + 1) * generationMs <= appendTimeMs - this.#windowMs) this.#generations.delete(old);
      }
    }
    generation.add(traceId);
  }

  mayHave(traceId: Uint8Array): boolean {
    for (const generation of this.#generations.values()) if (generation.has(traceId)) return true;
    return false;
  }
}

/** 32-bit fingerprints in an open-addressing table: about 8 bytes an id, where a Set of strings takes 100. */
class FingerprintSet {
  #slots: Uint32Array = new Uint32Array(1024);
  #size = 0;

  add(traceId: Uint8Array): void {
    if (this.#size * 2 >= this.#slots.length) this.#grow();
    this.#put(this.#slots, fingerprint(traceId));
  }

  has(traceId: Uint8Array): boolean {
    const wanted = fingerprint(traceId);
    const mask = this.#slots.length - 1;
    for (let i = wanted & mask; ; i = (i + 1) & mask) {
      const slot = this.#slots[i];
      if (slot === wanted) return true;
      if (slot === 0) return false;
    }
  }

  #put(slots: Uint32Array, value: number): void {
    const mask = slots.length - 1;
    for (let i = value & mask; ; i = (i + 1) & mask) {
      const slot = slots[i];
      if (slot === value) return;
      if (slot === 0) {
        slots[i] = value;
        this.#size++;
        return;
      }
    }
  }

  #grow(): void {
    const larger = new Uint32Array(this.#slots.length * 2);
    this.#size = 0;
    for (const value of this.#slots) if (value !== 0) this.#put(larger, value);
    this.#slots = larger;
  }
}

/** FNV-1a over the whole id: its low or high half alone may be constant. Never 0, which marks a free slot. */
function fingerprint(traceId: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < traceId.length; i++) hash = Math.imul(hash ^ (traceId[i] as number), 0x01000193);
  hash ^= hash >>> 15;
  return hash >>> 0 || 1;
}
