/**
 * The query; once `gone` aborts, `kill` is asked to end it until it has: a query that has only just been handed over is
 * not known to the engine yet. Where `kill` fails, the query runs to its limit.
 */
export async function endedOn<T>(gone: AbortSignal, query: Promise<T>, kill: () => Promise<void>): Promise<T> {
  let hasEnded = false;
  const end = async (): Promise<void> => {
    while (!hasEnded) await kill();
  };
  const onGone = (): void => void end().catch(() => {});
  gone.addEventListener('abort', onGone, { once: true });
  if (gone.aborted) onGone();
  try {
    return await query;
  } finally {
    hasEnded = true;
    gone.removeEventListener('abort', onGone);
  }
}
