import { createLevelWork } from './levels/scheduled.ts';
import { startLoop } from './loop.ts';
import type { Loop } from './loop.ts';
import type { RollupOptions } from './options.ts';
import { createUserWork } from './users/scheduled.ts';

/** Keeps hours and days up to date, and runs the users' rollups when they are due. Any number may run at once. */
export interface Rollup {
  start(): Promise<void>;
  /** Rejects when it died: the process must exit. Resolves after `stop`. */
  ended(): Promise<void>;
  /** Ends after the statement at hand, or leaves a long one. What is undone is done by whoever comes next. */
  stop(): Promise<void>;
}

/** A user's query may take minutes; to be killed in it does no harm. */
const patienceMs = 2000;

export function createRollup(options: RollupOptions): Rollup {
  const { clock, observer, config, random } = options;
  const scheduler = Buffer.from(random(6)).toString('hex');
  let loops: readonly Loop[] = [];
  return {
    async start() {
      const onRetry = (error: Error): void => observer.retry(error);
      const { intervalMs } = config;
      // Two, because a user's query may take minutes, and hours must not wait for it.
      loops = [createLevelWork(options, scheduler), createUserWork(options, scheduler)].map((work) =>
        startLoop({ clock, intervalMs, work, onRetry }),
      );
    },
    async ended() {
      await Promise.all(loops.map((loop) => loop.ended));
    },
    async stop() {
      const stopped = Promise.all(loops.map((loop) => loop.stop()));
      await Promise.race([stopped, clock.sleep(patienceMs)]);
    },
  };
}
