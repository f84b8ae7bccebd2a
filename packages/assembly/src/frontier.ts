import { Fifo } from './fifo.ts';

/** How far everything is emitted: an offset, and the stream time there. */
export interface Mark {
  readonly offset: number;
  /** Unix milliseconds. */
  readonly streamTimeMs: number;
}

/** A chunk that is applied and not yet acknowledged in `traces`. */
export interface Pending extends Mark {
  done: boolean;
}

/**
 * The smallest chunk offset that is not yet emitted. That offset is what may be committed, and the
 * watermark that records of `traces` carry.
 */
export class Frontier {
  readonly #pending: Fifo<Pending> = new Fifo();
  #next: Mark;

  /** @param next the offset of `spans` that comes next, and stream time there. */
  constructor(next: Mark) {
    this.#next = next;
  }

  /** A chunk was applied. Chunks come by offset. */
  add(chunk: Mark): Pending {
    const pending: Pending = { offset: chunk.offset, streamTimeMs: chunk.streamTimeMs, done: false };
    this.#pending.push(pending);
    return pending;
  }

  /** Everything below `next.offset` was applied. */
  moveTo(next: Mark): void {
    this.#next = next;
  }

  /** The first chunk that is not emitted, or the end of what was applied. */
  lowest(): Mark {
    for (;;) {
      const head = this.#pending.peek();
      if (head === undefined) return this.#next;
      if (!head.done) return head;
      this.#pending.shift();
    }
  }
}
