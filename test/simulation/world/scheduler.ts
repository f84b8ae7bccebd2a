/** Something that waits: a worker with its process. What is dead is never resumed, what is paused later. */
export interface Actor {
  readonly name: string;
  alive: boolean;
  /** Does nothing before this time, Unix milliseconds. */
  pausedUntilMs: number;
}

interface Event {
  readonly dueMs: number;
  readonly order: number;
  readonly run: () => (() => void) | undefined;
}

/**
 * Virtual time. Everything that happens is an event with a time, and the only thing that an actor
 * can wait for is an event; so whatever runs, runs in an order that the times decide.
 *
 * An actor that was resumed runs in microtasks until it waits again; only then comes the next event.
 * There are no timers and there is no I/O, so nothing else can be waited for.
 */
export class Scheduler {
  nowMs: number;
  /** Events that happened. */
  steps = 0;
  readonly #heap: Event[] = [];
  #order = 0;
  #waiting: (() => void) | null = null;

  constructor(startMs: number) {
    this.nowMs = startMs;
  }

  /** Lets something happen. `run` may answer what resumes an actor. */
  at(dueMs: number, run: () => (() => void) | undefined): void {
    push(this.#heap, { dueMs, order: this.#order++, run });
  }

  /** Resumes an actor at a time, unless it is dead; if it is paused then, when it goes on. */
  resumeAt(actor: Actor, dueMs: number, resume: () => void): void {
    this.at(dueMs, () => {
      if (!actor.alive) return undefined;
      if (actor.pausedUntilMs <= this.nowMs) return resume;
      this.resumeAt(actor, actor.pausedUntilMs, resume);
      return undefined;
    });
  }

  /** For an actor that runs: gives its turn back until `start` has what it is given called. */
  wait<T>(start: (resolve: (value: T) => void, reject: (error: unknown) => void) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      start(resolve, reject);
      this.endTurn();
    });
  }

  /** For an actor that ends instead of waiting. */
  endTurn(): void {
    const end = this.#waiting;
    if (end === null) throw new Error('two things of one actor wait at the same time');
    this.#waiting = null;
    end();
  }

  /** Runs an actor for one turn: until it waits or ends. */
  turn(resume: () => void): Promise<void> {
    return new Promise<void>((resolve) => {
      this.#waiting = resolve;
      resume();
    });
  }

  /** Lets one event happen; false if there is none. */
  async step(): Promise<boolean> {
    const event = pop(this.#heap);
    if (event === undefined) return false;
    this.steps++;
    if (event.dueMs > this.nowMs) this.nowMs = event.dueMs;
    const resume = event.run();
    if (resume !== undefined) await this.turn(resume);
    return true;
  }
}

function before(a: Event, b: Event): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}

function push(heap: Event[], event: Event): void {
  let at = heap.push(event) - 1;
  while (at > 0) {
    const up = (at - 1) >> 1;
    const parent = heap[up] as Event;
    if (!before(event, parent)) break;
    heap[at] = parent;
    at = up;
  }
  heap[at] = event;
}

function pop(heap: Event[]): Event | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return top;
  let at = 0;
  for (;;) {
    let down = 2 * at + 1;
    if (down >= heap.length) break;
    if (down + 1 < heap.length && before(heap[down + 1] as Event, heap[down] as Event)) down++;
    if (!before(heap[down] as Event, last)) break;
    heap[at] = heap[down] as Event;
    at = down;
  }
  heap[at] = last;
  return top;
}
