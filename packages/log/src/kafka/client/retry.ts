import type { Clock } from '@spanloom/span';
import { LeaseLostError } from '../../errors.ts';
import { toLogError } from './errors.ts';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

export interface Patience {
  readonly clock: Clock;
  /** When to give up, in Unix milliseconds. */
  readonly untilMs: number;
  readonly signal?: AbortSignal;
}

/** Tries until it succeeds, fails for good, or the time is over. Rejects with a LogError. */
export async function retrying<T>(what: string, patience: Patience, attempt: () => Promise<T>): Promise<T> {
  const { clock, untilMs, signal } = patience;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await attempt();
    } catch (error) {
      const failure = toLogError(what, error);
      // A lease does not come back to the one who waits.
      if (failure instanceof LeaseLostError) throw failure;
      if (!failure.retryable || signal?.aborted === true || clock.now() + pauseMs > untilMs) throw failure;
    }
    await clock.sleep(pauseMs, signal);
  }
}
