import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
  /** Give up after this long. */
  readonly withinMs: number;
  /** What is waited for: stands in the error. */
  readonly what: string;
  readonly everyMs?: number;
}

/** Asks until the answer is neither undefined nor null; an answer that throws counts as not yet. */
export async function waitFor<T>(ask: () => Promise<T | undefined | null>, options: WaitOptions): Promise<T> {
  const end = Date.now() + options.withinMs;
  let last: unknown = 'no answer';
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== null) return answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`${options.what}: not within ${options.withinMs} ms (${String(last)})`);
    await sleep(options.everyMs ?? 50);
  }
}
