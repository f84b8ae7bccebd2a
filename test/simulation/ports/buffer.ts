import {
  type BufferClaim,
  BufferError,
  BufferFullError,
  type BufferState,
  type BufferedChunk,
  FencedError,
  type OpenChunk,
  type TraceBuffer,
} from '@spanloom/buffer';

import type { Network } from '../world/calls.ts';
import type { Actor } from '../world/scheduler.ts';

/** What the server holds of the partition, in its keys. Never changed, always replaced: so every earlier one is kept. */
interface Held {
  readonly owner: number;
  readonly version: number;
  readonly state: BufferState | null;
  readonly index: ReadonlyMap<number, OpenChunk>;
  readonly bodies: ReadonlyMap<number, Uint8Array>;
  readonly count: number;
  readonly sum: number;
}

const empty: Held = { owner: 0, version: 0, state: null, index: new Map(), bodies: new Map(), count: 0, sum: 0 };
const broken = (why: string): Error => new BufferError(`the buffer: ${why}`);
const remembered = 400;

/** Deliberate faults of the buffer itself, to prove that they are noticed. */
export interface BufferBugs {
  readonly ignoresOwner: boolean;
  readonly trustsWithoutSum: boolean;
}

/** A buffer in a server that may lose, or go back to, anything. */
export class SimulatedBuffer {
  #held: Held | null = null;
  readonly #past: Held[] = [];
  #owners = 0;
  readonly #network: Network;
  readonly #bugs: BufferBugs;
  /** Whether a script is refused for memory. */
  isFull: () => boolean = () => false;

  constructor(network: Network, bugs: BufferBugs) {
    this.#network = network;
    this.#bugs = bugs;
  }

  get openChunks(): number {
    return this.#held?.index.size ?? 0;
  }

  wipe(): void {
    this.#held = null;
  }

  /** Goes back to how it was: 0 far, 1 hardly. */
  rollBack(amount: number): void {
    const past = this.#past[Math.floor(amount * this.#past.length)];
    if (past !== undefined) this.#held = past;
  }

  /** One key vanishes: a body, an entry of the index, or the metadata. */
  lose(amount: number): void {
    const held = this.#held;
    if (held === null) return;
    const which = Math.floor(amount * 3);
    const offsets = [...held.index.keys()];
    const offset = offsets[Math.floor(((amount * 3) % 1) * offsets.length)] ?? -1;
    if (which === 0) this.#held = { ...held, bodies: without(held.bodies, [offset]) };
    else if (which === 1) this.#held = { ...held, index: without(held.index, [offset]) };
    else this.#held = { ...held, owner: 0, version: 0, state: null, count: 0, sum: 0 };
  }

  port(actor: Actor): TraceBuffer {
    return {
      claim: async () => await this.#claim(actor),
      peek: () => Promise.reject(new Error('no assembler asks for it')),
      openFigures: () => Promise.reject(new Error('no assembler asks for it')),
      openBetween: () => Promise.reject(new Error('no assembler asks for it')),
      close: () => Promise.resolve(),
    };
  }

  #replace(held: Held): void {
    this.#held = held;
    this.#past.push(held);
    if (this.#past.length > remembered) this.#past.shift();
  }

  #claim(actor: Actor): Promise<{ claim: BufferClaim; state: BufferState | null }> {
    return this.#network.call(actor, {
      target: 'buffer',
      what: () => 'claims the buffer',
      reads: false,
      broken,
      effect: () => {
        const before = this.#held ?? empty;
        const usable = isWhole(before) || this.#bugs.trustsWithoutSum;
        const owner = ++this.#owners;
        const version = before.version + 1;
        const kept: Held =
          usable && before.state !== null ? before : { ...empty, index: before.index, bodies: before.bodies };
        this.#replace({ ...kept, owner, version });
        return { claim: this.#claimOf(actor, owner, version), state: usable ? before.state : null };
      },
    });
  }

  #claimOf(actor: Actor, owner: number, claimed: number): BufferClaim {
    let version = claimed;
    const script = <T>(
      what: () => string,
      reads: boolean,
      run: (held: Held) => [Held, T],
      mayBeFull = false,
    ): Promise<T> =>
      this.#network
        .call(actor, {
          target: 'buffer',
          what,
          reads,
          broken,
          effect: () => {
            const held = this.#held;
            if (!this.#bugs.ignoresOwner || held === null) {
              if (held === null || held.owner !== owner || held.version !== version)
                throw new FencedError('the claim is not the newest');
            }
            if (mayBeFull && this.isFull()) {
              this.#replace({ ...held, version: held.version + 1 });
              return { full: true as const, version: held.version + 1 };
            }
            const [next, value] = run(held);
            this.#replace({ ...next, version: held.version + 1 });
            return { full: false as const, version: held.version + 1, value };
          },
        })
        .then((answer) => {
          version = answer.version;
          if (answer.full) throw new BufferFullError('the buffer has no room');
          return answer.value;
        });
    const stateOf = (held: Held): BufferState => {
      if (held.state === null) throw new FencedError('the buffer has no state');
      return held.state;
    };
    const list = (chunks: readonly OpenChunk[]): string => chunks.map((chunk) => chunk.offset).join(' ');
    return {
      reset: (state) =>
        script(
          () => `resets the buffer to ${state.applied}`,
          false,
          (held) => [{ ...empty, owner: held.owner, state }, undefined],
        ),
      index: () =>
        script(
          () => 'loads the index',
          true,
          (held) => {
            if (!isWhole(held) && !this.#bugs.trustsWithoutSum) throw new FencedError('an open chunk went missing');
            return [held, [...held.index.values()].sort((a, b) => a.offset - b.offset)];
          },
        ),
      append: (chunks, to) =>
        script(
          () => `buffers ${list(chunks)}, applied ${to.applied}`,
          false,
          (held) => [appended(held, stateOf(held), chunks, to), undefined],
          true,
        ),
      records: (chunks) =>
        script(
          () => `loads ${list(chunks)}`,
          true,
          (held) => [held, chunks.map(({ offset }) => held.bodies.get(offset) ?? null)],
        ),
      release: (chunks, reconciled) =>
        script(
          () => `releases ${list(chunks)}, reconciled ${reconciled}`,
          false,
          (held) => [released(held, stateOf(held), chunks, reconciled), undefined],
        ),
      check: () =>
        script(
          () => 'checks its claim',
          true,
          (held) => [held, undefined],
        ),
    };
  }
}

function isWhole({ index, count, sum }: Held): boolean {
  return count === index.size && sum === [...index.keys()].reduce((total, offset) => total + offset, 0);
}

function appended(
  held: Held,
  state: BufferState,
  chunks: readonly BufferedChunk[],
  to: Pick<BufferState, 'applied' | 'streamTimeMs'>,
): Held {
  const index = new Map(held.index);
  const bodies = new Map(held.bodies);
  let { count, sum } = held;
  for (const { record, ...open } of chunks) {
    if (open.offset < state.applied || index.has(open.offset)) continue;
    index.set(open.offset, open);
    bodies.set(open.offset, record);
    count++;
    sum += open.offset;
  }
  const moved: BufferState = {
    ...state,
    applied: Math.max(state.applied, to.applied),
    streamTimeMs: Math.max(state.streamTimeMs, to.streamTimeMs),
  };
  return { ...held, state: moved, index, bodies, count, sum };
}

function released(held: Held, state: BufferState, chunks: readonly OpenChunk[], reconciled: number): Held {
  const gone = chunks.map((chunk) => chunk.offset).filter((offset) => held.index.has(offset));
  return {
    ...held,
    state: { ...state, reconciled: Math.max(state.reconciled, reconciled) },
    index: without(held.index, gone),
    bodies: without(held.bodies, gone),
    count: held.count - gone.length,
    sum: gone.reduce((total, offset) => total - offset, held.sum),
  };
}

function without<T>(map: ReadonlyMap<number, T>, offsets: readonly number[]): Map<number, T> {
  const rest = new Map(map);
  for (const offset of offsets) rest.delete(offset);
  return rest;
}
