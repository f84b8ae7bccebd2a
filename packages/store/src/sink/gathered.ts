/**
 * Runs work for what is asked of it, one run at a time: what comes while one is under way goes
 * together into the next. A run that fails fails all that went into it.
 */
export function gathered<T>(run: (items: readonly T[]) => Promise<void>): (item: T) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  let waiting: { readonly items: T[]; readonly done: Promise<void> } | null = null;
  return (item) => {
    if (waiting !== null) {
      waiting.items.push(item);
      return waiting.done;
    }
    const items = [item];
    const start = (): Promise<void> => {
      waiting = null;
      return run(items);
    };
    const done = last.then(start, start);
    last = done;
    waiting = { items, done };
    return done;
  };
}
