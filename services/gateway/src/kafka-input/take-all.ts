/**
 * Takes the items in order, up to `limit` of them at once. An item whose `take` resolves to false
 * ends it: nothing further is begun. Resolves, once nothing is under way, to how many of the first
 * items are done without a gap. Rejects, then too, where a `take` did.
 */
export async function takeAll<Item>(
  items: readonly Item[],
  take: (item: Item) => Promise<boolean>,
  limit: number,
): Promise<number> {
  const done = items.map(() => false);
  let next = 0;
  let ended = false;

  async function work(): Promise<void> {
    while (!ended) {
      const at = next++;
      const item = items[at];
      if (item === undefined) return;
      try {
        done[at] = await take(item);
      } finally {
        ended ||= done[at] !== true;
      }
    }
  }

  const workers = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, work));
  for (const worker of workers) if (worker.status === 'rejected') throw worker.reason;
  const first = done.indexOf(false);
  return first === -1 ? items.length : first;
}
