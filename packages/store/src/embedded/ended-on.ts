import { setTimeout as sleep } from 'node:timers/promises';

/** A query that has only been handed over is not known to the engine yet, and is asked to end again. */
const againMs = 50;

/** The query; once `gone` aborts, `kill` is asked to end it until it has. */
export async function endedOn<T>(gone: AbortSignal, query: Promise<T>, kill: () => Promise<unknown>): Promise<T> {
  let hasEnded = false;
  const end = async (): Promise<void> => {
    while (!hasEnded) {
      await kill().catch(() => {});
      await sleep(againMs);
    }
  };
  const onGone = (): void => void end();
  gone.addEventListener('abort', onGone, { once: true });
  if (gone.aborted) onGone();
  try {
    return await query;
  } finally {
    hasEnded = true;
    gone.removeEventListener('abort', onGone);
  }
}
