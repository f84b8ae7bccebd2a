import type { Clock } from '@spanloom/span';
import { StoreError } from '@spanloom/store';

/** Something that is done again and again until it is stopped. */
export interface Loop {
  /** Rejects when it is broken; resolves after it was stopped. */
  readonly ended: Promise<void>;
  /** Resolves when what is under way has ended. */
  stop(): Promise<void>;
}

export interface LoopOptions {
  readonly clock: Clock;
  readonly intervalMs: number;
  /** Gets the signal that says that it is to stop. */
  readonly work: (stopping: AbortSignal) => Promise<void>;
  /** The store did not answer: the work is done again at the next time. */
  readonly onRetry: (error: StoreError) => void;
}

/** Does the work now, and then at each whole multiple of the interval, never twice at once. */
export function startLoop({ clock, intervalMs, work, onRetry }: LoopOptions): Loop {
  const stopping = new AbortController();
  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await work(stopping.signal);
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        // Whoever stops us closes the store, too.
        if (!stopping.signal.aborted) onRetry(error);
      }
      await clock.sleep(intervalMs - (clock.now() % intervalMs), stopping.signal);
    }
  }
  const ended = run();
  return {
    ended,
    async stop() {
      stopping.abort();
      await ended.catch(() => undefined);
    },
  };
}
