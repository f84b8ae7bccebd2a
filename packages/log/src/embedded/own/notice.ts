/** Tells those who wait for a partition that it can be read on. */
export interface Notices {
  announce(name: string): void;
  /** Calls `listener` at each announcement of `name`; returns what ends that. */
  listen(name: string, listener: () => void): () => void;
}

export function createNotices(): Notices {
  const listeners = new Map<string, Set<() => void>>();
  return {
    announce(name) {
      for (const listener of listeners.get(name) ?? []) listener();
    },
    listen(name, listener) {
      const known = listeners.get(name) ?? new Set();
      listeners.set(name, known.add(listener));
      return () => {
        known.delete(listener);
      };
    },
  };
}
