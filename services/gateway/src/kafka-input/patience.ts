import type { Clock } from '@spanloom/span';

/** Waits for a log that takes nothing at the moment; shared by the records of a batch, so that they wait as one. */
export interface Patience {
  /** Resolves when it is time to try again, later each time, or at once when the signal aborts. */
  wait(): Promise<void>;
}

const firstMs = 200;
/** A try may append once more what another partition took the last time: so not too often. */
const longestMs = 10_000;

export function createPatience(clock: Clock, signal: AbortSignal): Patience {
  let nextMs = firstMs;
  let waiting: Promise<void> | null = null;
  return {
    wait() {
      waiting ??= clock.sleep(nextMs, signal).then(() => {
        waiting = null;
        nextMs = Math.min(nextMs * 2, longestMs);
      });
      return waiting;
    },
  };
}
