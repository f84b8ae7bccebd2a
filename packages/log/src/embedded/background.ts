import type { Clock } from '@spanloom/span';

export interface Background {
  /** Resolves when the call in progress is over. */
  stop(): Promise<void>;
}

export interface Chore {
  readonly everyMs: number;
  readonly run: () => Promise<void>;
}

/** Runs each chore again and again, a pause after each run; a failure is told and tried again. */
export function startBackground(chores: readonly Chore[], clock: Clock, onError: (error: Error) => void): Background {
  const stop = new AbortController();
  const loops = chores.map(async ({ everyMs, run }) => {
    for (;;) {
      await clock.sleep(everyMs, stop.signal);
      if (stop.signal.aborted) return;
      await run().catch((error: unknown) => onError(error instanceof Error ? error : new Error(String(error))));
    }
  });
  return {
    async stop() {
      stop.abort();
      await Promise.all(loops);
    },
  };
}
