/** Runs tasks by lane, each lane at most so many at once, the rest in order of arrival. */
export function lanes<Lane extends string>(
  widths: Readonly<Record<Lane, number>>,
): <T>(lane: Lane, task: () => Promise<T>) => Promise<T> {
  const running = new Map<Lane, number>();
  const waiting = new Map<Lane, (() => void)[]>();
  return async (lane, task) => {
    const queue = waiting.get(lane) ?? [];
    waiting.set(lane, queue);
    if ((running.get(lane) ?? 0) >= widths[lane]) {
      await new Promise<void>((resolve) => queue.push(resolve));
    } else {
      running.set(lane, (running.get(lane) ?? 0) + 1);
    }
    try {
      return await task();
    } finally {
      // The place passes straight to the next in line, so that no newcomer slips in between.
      const next = queue.shift();
      if (next === undefined) running.set(lane, (running.get(lane) ?? 1) - 1);
      else next();
    }
  };
}
