/**
 * Where a worker's calls pass. While it is shut none begins: the members of a group are changing,
 * and the partition may come back, or not.
 */
export interface Gate {
  /** Counts the times that it was opened again. */
  readonly turn: number;
  readonly open: boolean;
  /** Aborts when it is shut or stopped; another one after it was opened again. */
  readonly signal: AbortSignal;
  /** Resolves to true when it is open; to false when it is stopped. */
  opened(): Promise<boolean>;
  /** Runs a call. Only where it is known to be open, and one at a time. */
  run<T>(call: () => Promise<T>): Promise<T>;
  /** Lets no call begin; resolves when the one in progress is over. */
  shut(): Promise<void>;
  reopen(): void;
}

/** @param stop for good. */
export function createGate(stop: AbortSignal): Gate {
  let turn = 0;
  let open = true;
  let shutting = new AbortController();
  let running: Promise<unknown> = Promise.resolve();
  let wake = (): void => undefined;
  stop.addEventListener('abort', () => {
    shutting.abort();
    wake();
  });
  return {
    get turn() {
      return turn;
    },
    get open() {
      return open && !stop.aborted;
    },
    get signal() {
      return shutting.signal;
    },
    async opened() {
      while (!open && !stop.aborted) await new Promise<void>((resolve) => (wake = resolve));
      return !stop.aborted;
    },
    run(call) {
      const result = call();
      running = result.catch(() => undefined);
      return result;
    },
    async shut() {
      open = false;
      shutting.abort();
      await running;
    },
    reopen() {
      if (open) return;
      open = true;
      turn++;
      if (!stop.aborted) shutting = new AbortController();
      wake();
    },
  };
}
