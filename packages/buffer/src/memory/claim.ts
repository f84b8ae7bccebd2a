import { FencedError } from '../errors.ts';
import type { BufferClaim, BufferState } from '../port.ts';
import { chunkBytes } from './open-chunks.ts';
import { emptyInto, expectLess, expectMore, isWhole, owned, type Slot, type Slots } from './slot.ts';

export interface ClaimOptions {
  readonly slots: Slots;
  readonly name: string;
  readonly version: number;
  /** Throws BufferFullError when there is no room for so many bytes more. */
  readonly reserve: (bytes: number) => void;
}

export function createClaim({ slots, name, version, reserve }: ClaimOptions): BufferClaim {
  const mine = (): Slot => owned(slots, name, version);

  function stateOf(slot: Slot): BufferState {
    if (slot.state === null) throw new FencedError(`The buffer of ${name} has no state: reset it first.`);
    return slot.state;
  }

  return {
    async reset(state) {
      emptyInto(mine(), state);
    },
    async index() {
      const slot = mine();
      if (!isWhole(slot)) throw new FencedError(`The buffer of ${name} lost an open chunk.`);
      return slot.chunks.all();
    },
    async append(chunks, { applied, streamTimeMs }) {
      const slot = mine();
      const state = stateOf(slot);
      // Below `applied` is a repeat, also of what was released since.
      const added = chunks.filter(({ offset }) => offset >= state.applied && !slot.chunks.has(offset));
      if (added.length > 0) reserve(added.reduce((bytes, chunk) => bytes + chunkBytes(chunk), 0));
      for (const chunk of added) {
        slot.chunks.add(chunk);
        expectMore(slot, chunk.offset);
      }
      slot.state = {
        ...state,
        applied: Math.max(state.applied, applied),
        streamTimeMs: Math.max(state.streamTimeMs, streamTimeMs),
      };
    },
    async records(chunks) {
      const slot = mine();
      return chunks.map(({ offset }) => slot.chunks.record(offset));
    },
    async release(chunks, reconciled) {
      const slot = mine();
      const state = stateOf(slot);
      for (const { offset } of chunks) {
        if (!slot.chunks.has(offset)) continue;
        slot.chunks.remove(offset);
        expectLess(slot, offset);
      }
      slot.state = { ...state, reconciled: Math.max(state.reconciled, reconciled) };
    },
    async check() {
      mine();
    },
  };
}
