import { bufferIn, type MemoryBufferOptions } from '../memory/buffer.ts';
import { slotName, type Slots } from '../memory/slot.ts';
import type { TraceBuffer } from '../port.ts';

/** A memory buffer that loses things when told to, as a real one may when its server dies. */
export interface FaultyBuffer extends TraceBuffer {
  /** Loses everything: claims too. */
  wipe(): void;
  /** Loses one open chunk of a partition, and nothing that tells how many there were. */
  loseChunk(stream: string, partition: number): void;
}

export function openFaultyBuffer(options: MemoryBufferOptions): FaultyBuffer {
  const slots: Slots = new Map();
  return {
    ...bufferIn(slots, options),
    wipe: () => slots.clear(),
    loseChunk(stream, partition) {
      const chunks = slots.get(slotName(stream, partition))?.chunks;
      const [first] = chunks?.all() ?? [];
      if (first !== undefined) chunks?.remove(first.offset);
    },
  };
}
