import { FencedError } from '../errors.ts';
import type { BufferState } from '../port.ts';
import { addToSum, createOpenChunks, removeFromSum, type OpenChunks } from './open-chunks.ts';

/** What is held of one partition. */
export interface Slot {
  /** The newest claim; every other is fenced. */
  version: number;
  state: BufferState | null;
  chunks: OpenChunks;
  /** How many chunks there must be, and the sum of their offsets: kept apart from the chunks. */
  expected: { count: number; sum: number };
}

/** Partitions by {@link slotName}. */
export type Slots = Map<string, Slot>;

export function slotName(stream: string, partition: number): string {
  return `${stream}/${partition}`;
}

export function emptySlot(): Slot {
  return { version: 0, state: null, chunks: createOpenChunks(), expected: { count: 0, sum: 0 } };
}

/** Whether what is there is what was put there. */
export function isWhole({ chunks, expected }: Slot): boolean {
  return chunks.size === expected.count && chunks.sum === expected.sum;
}

export function expectMore({ expected }: Slot, offset: number): void {
  expected.count++;
  expected.sum = addToSum(expected.sum, offset);
}

export function expectLess({ expected }: Slot, offset: number): void {
  expected.count--;
  expected.sum = removeFromSum(expected.sum, offset);
}

export function emptyInto(slot: Slot, state: BufferState | null): void {
  slot.state = state;
  slot.chunks = createOpenChunks();
  slot.expected = { count: 0, sum: 0 };
}

/** @throws FencedError unless `version` is the newest claim on what is held. */
export function owned(slots: Slots, name: string, version: number): Slot {
  const slot = slots.get(name);
  if (slot === undefined) throw new FencedError(`The buffer of ${name} was wiped.`);
  if (slot.version !== version) throw new FencedError(`The buffer of ${name} was claimed by another owner.`);
  return slot;
}
