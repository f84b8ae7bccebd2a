import type { Pending } from '@spanloom/assembly';
import type { OpenChunk } from '@spanloom/buffer';

/** An open chunk together with its place in the frontier. */
export interface LiveChunk extends OpenChunk {
  readonly pending: Pending;
}
