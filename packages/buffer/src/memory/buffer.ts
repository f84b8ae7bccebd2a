import { BufferError, BufferFullError } from '../errors.ts';
import { offsetsBetween } from '../offsets.ts';
import type { OpenChunk, TraceBuffer } from '../port.ts';
import { createClaim } from './claim.ts';
import { emptyInto, emptySlot, isWhole, slotName, type Slots } from './slot.ts';

export interface MemoryBufferOptions {
  /** Of the open chunks of all partitions, with what it takes to hold them. */
  readonly maxBytes: number;
}

/** A buffer in this process. A restart loses it, and the owner recovers from the log. */
export function openMemoryBuffer(options: MemoryBufferOptions): TraceBuffer {
  return bufferIn(new Map(), options);
}

/** The same, in partitions that the caller can reach. */
export function bufferIn(slots: Slots, { maxBytes }: MemoryBufferOptions): TraceBuffer {
  // Versions run on over a wipe, so that a claim from before it never fits again.
  let lastVersion = 0;
  let closed = false;

  function assertOpen(): void {
    if (closed) throw new BufferError('The buffer is closed.');
  }

  function reserve(addedBytes: number): void {
    let heldBytes = 0;
    for (const { chunks } of slots.values()) heldBytes += chunks.bytes;
    if (heldBytes + addedBytes > maxBytes) {
      throw new BufferFullError(
        `The buffer holds ${heldBytes} of at most ${maxBytes} bytes; ${addedBytes} more do not fit.`,
      );
    }
  }

  return {
    async claim(stream, partition) {
      assertOpen();
      const name = slotName(stream, partition);
      const slot = slots.get(name) ?? emptySlot();
      slots.set(name, slot);
      slot.version = ++lastVersion;
      if (!isWhole(slot)) emptyInto(slot, null);
      return {
        claim: createClaim({ slots, name, version: slot.version, reserve }),
        state: slot.state,
      };
    },
    async peek(stream, partition, traceId) {
      assertOpen();
      return slots.get(slotName(stream, partition))?.chunks.ofTrace(traceId) ?? [];
    },
    async openFigures(stream, partition) {
      assertOpen();
      const slot = slots.get(slotName(stream, partition));
      if (slot === undefined || slot.state === null) return null;
      const { size, traces, spans } = slot.chunks;
      return { applied: slot.state.applied, chunks: size, traces, spans };
    },
    async openBetween(stream, partition, from, to) {
      assertOpen();
      const chunks = slots.get(slotName(stream, partition))?.chunks;
      const found: OpenChunk[] = [];
      for (const offset of offsetsBetween(from, to)) {
        const open = chunks?.open(offset) ?? null;
        if (open !== null) found.push(open);
      }
      return found;
    },
    async close() {
      closed = true;
      slots.clear();
    },
  };
}
