import { type ChunkIndex, type CloseReason, type TraceId, type Wholeness, wholeness } from '@spanloom/span';

import { Fifo } from './fifo.ts';
import { type TraceEvent, type TraceState, transitions } from './machine.ts';

/** When a trace is finished. All times are stream time. */
export interface WindowLimits {
  /** A whole trace closes after this long without a chunk. */
  readonly settleMs: number;
  /** Any trace closes after this long without a chunk. At least `settleMs`. */
  readonly quietMs: number;
  /** Any trace closes this long after its first chunk. At least `quietMs`. */
  readonly maxAgeMs: number;
  /** A trace with this many spans goes out before it takes another chunk. */
  readonly maxSpans: number;
  /** The same for bytes of bodies before compression. */
  readonly maxBytes: number;
}

/** A chunk as the window sees it. */
export interface WindowChunk {
  readonly offset: number;
  readonly traceId: TraceId;
  /** Stream time when it was applied: the running maximum of append times, Unix milliseconds. */
  readonly streamTimeMs: number;
  readonly index: ChunkIndex;
}

/** A trace that is finished, or a part of one that is too large to wait. */
export interface Closing<C extends WindowChunk> {
  readonly traceId: TraceId;
  readonly reason: CloseReason;
  readonly wholeness: Wholeness;
  /** By offset. */
  readonly chunks: readonly C[];
}

interface OpenTrace<C> {
  readonly traceId: TraceId;
  readonly firstMs: number;
  lastMs: number;
  state: TraceState;
  spans: number;
  bytes: number;
  readonly chunks: C[];
}

/** What is due of a trace. */
interface Due<C> {
  readonly trace: OpenTrace<C>;
  readonly event: TraceEvent;
  /** Where it had to be known to tell what is due. */
  readonly wholeness: Wholeness | null;
}

interface Deadline<C> {
  readonly trace: OpenTrace<C>;
  /** The trace's `lastMs` when this was queued: an entry that differs is stale. */
  readonly lastMs: number;
}

/**
 * The open traces of one partition. Feed it records in order: `advance` with each record's append
 * time, then `add` if it holds a chunk. What it closes, and when, is a function of that sequence
 * alone; feeding only the chunks that are still open brings back the same state.
 */
export class AssemblyWindow<C extends WindowChunk> {
  readonly #limits: WindowLimits;
  readonly #open: Map<TraceId, OpenTrace<C>> = new Map();
  // Stream time never falls and each of the three waits is a constant, so each queue is in order
  // of its deadlines by itself: no heap.
  readonly #settling: Fifo<Deadline<C>> = new Fifo();
  readonly #quieting: Fifo<Deadline<C>> = new Fifo();
  readonly #ageing: Fifo<OpenTrace<C>> = new Fifo();
  #streamTimeMs = 0;
  #spans = 0;
  #bytes = 0;

  constructor(limits: WindowLimits) {
    if (limits.settleMs > limits.quietMs || limits.quietMs > limits.maxAgeMs) {
      throw new RangeError('settle ≤ quiet ≤ max age must hold');
    }
    this.#limits = limits;
  }

  /** Unix milliseconds: the running maximum of what `advance` was given. */
  get streamTimeMs(): number {
    return this.#streamTimeMs;
  }
  get openTraces(): number {
    return this.#open.size;
  }
  get openSpans(): number {
    return this.#spans;
  }
  /** Bytes of open bodies before compression. */
  get openBytes(): number {
    return this.#bytes;
  }

  /** The same id, as its trace holds it where that is open: what is kept of a chunk need not hold its own. */
  idOf(traceId: TraceId): TraceId {
    return this.#open.get(traceId)?.traceId ?? traceId;
  }

  /** Moves stream time to `appendTimeMs` if that is later, and closes what is due, earliest first. */
  advance(appendTimeMs: number): Closing<C>[] {
    if (appendTimeMs > this.#streamTimeMs) this.#streamTimeMs = appendTimeMs;
    const closed: Closing<C>[] = [];
    for (;;) {
      const due = this.#nextDue();
      if (due === null) return closed;
      this.#step(due.trace, due.event, closed, due.wholeness);
    }
  }

  /** Takes a chunk in at the present stream time. Its trace goes out first if it would grow too large. */
  add(chunk: C): Closing<C>[] {
    const closed: Closing<C>[] = [];
    const spans = chunk.index.marks.length;
    const bytes = chunk.index.bodyBytes;
    const before = this.#open.get(chunk.traceId);
    if (before !== undefined) {
      if (before.spans + spans > this.#limits.maxSpans) this.#step(before, 'maxSpans', closed);
      else if (before.bytes + bytes > this.#limits.maxBytes) this.#step(before, 'maxBytes', closed);
    }
    const trace = this.#open.get(chunk.traceId) ?? this.#create(chunk);
    trace.chunks.push(chunk);
    trace.spans += spans;
    trace.bytes += bytes;
    this.#spans += spans;
    this.#bytes += bytes;
    trace.lastMs = chunk.streamTimeMs;
    this.#step(trace, 'chunk', closed);
    return closed;
  }

  /** Closes the `count` traces that have been open longest, to make room. */
  closeOldest(count: number): Closing<C>[] {
    const closed: Closing<C>[] = [];
    while (closed.length < count) {
      const trace = this.#ageing.shift();
      if (trace === undefined) break;
      if (trace.state !== 'absent') this.#step(trace, 'pressure', closed);
    }
    return closed;
  }

  #create(chunk: C): OpenTrace<C> {
    const trace: OpenTrace<C> = {
      traceId: chunk.traceId,
      firstMs: chunk.streamTimeMs,
      lastMs: chunk.streamTimeMs,
      state: 'absent',
      spans: 0,
      bytes: 0,
      chunks: [],
    };
    this.#open.set(chunk.traceId, trace);
    this.#ageing.push(trace);
    return trace;
  }

  /** The trace whose deadline is the earliest at or before stream time, and what it means. */
  #nextDue(): Due<C> | null {
    const settling = this.#head(this.#settling, 'gathering');
    const quieting = this.#head(this.#quieting, 'waiting');
    while (this.#ageing.peek()?.state === 'absent') this.#ageing.shift();
    const ageing = this.#ageing.peek();

    const settleAt = settling === undefined ? Infinity : settling.lastMs + this.#limits.settleMs;
    const quietAt = quieting === undefined ? Infinity : quieting.lastMs + this.#limits.quietMs;
    const ageAt = ageing === undefined ? Infinity : ageing.firstMs + this.#limits.maxAgeMs;
    const at = Math.min(settleAt, quietAt, ageAt);
    if (at > this.#streamTimeMs) return null;

    if (settling !== undefined && at === settleAt) {
      const found = wholenessOf(settling);
      return { trace: settling, event: found.complete ? 'settledWhole' : 'settledBroken', wholeness: found };
    }
    if (quieting !== undefined && at === quietAt) return { trace: quieting, event: 'quiet', wholeness: null };
    return ageing === undefined ? null : { trace: ageing, event: 'maxAge', wholeness: null };
  }

  #head(queue: Fifo<Deadline<C>>, state: TraceState): OpenTrace<C> | undefined {
    for (;;) {
      const head = queue.peek();
      if (head === undefined) return undefined;
      if (head.trace.state === state && head.trace.lastMs === head.lastMs) return head.trace;
      queue.shift();
    }
  }

  #step(trace: OpenTrace<C>, event: TraceEvent, closed: Closing<C>[], known: Wholeness | null = null): void {
    const transition = transitions[trace.state][event];
    if (transition === 'impossible') throw new Error(`${event} cannot happen to a trace that is ${trace.state}`);
    trace.state = transition.to;
    if ('close' in transition) {
      this.#open.delete(trace.traceId);
      this.#spans -= trace.spans;
      this.#bytes -= trace.bytes;
      closed.push({
        traceId: trace.traceId,
        reason: transition.close,
        wholeness: known ?? wholenessOf(trace),
        chunks: trace.chunks,
      });
    } else if (transition.to === 'gathering') {
      this.#settling.push({ trace, lastMs: trace.lastMs });
    } else if (transition.to === 'waiting') {
      this.#quieting.push({ trace, lastMs: trace.lastMs });
    }
  }
}

function wholenessOf<C extends WindowChunk>(trace: OpenTrace<C>): Wholeness {
  return wholeness(trace.chunks.map((chunk) => chunk.index));
}
