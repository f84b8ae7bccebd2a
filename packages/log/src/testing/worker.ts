import type { Lease, LogRecord, PartitionWorker } from '../port.ts';

/** What a test wants of the workers it hands to `join`. */
export interface Script {
  /** Where to read from. 0 unless said. */
  readonly open?: (partition: number) => number;
  readonly process?: (records: readonly LogRecord[], partition: number) => Promise<void> | void;
  readonly resume?: (partition: number) => Promise<void> | void;
  readonly close?: () => Promise<void> | void;
}

/** Workers that write down what happens to them. */
export interface Recorded {
  readonly worker: (lease: Lease) => PartitionWorker;
  readonly leases: Lease[];
  /** Offsets handed to `process`, of each partition. */
  readonly processed: Map<number, number[]>;
  readonly calls: { open: number; idle: number; resume: number; close: number };
  /** True if two calls to one worker were ever in progress together. */
  overlapped(): boolean;
}

export function recordedWorkers(script: Script = {}): Recorded {
  const leases: Lease[] = [];
  const processed = new Map<number, number[]>();
  const calls = { open: 0, idle: 0, resume: 0, close: 0 };
  let overlapped = false;

  function worker(lease: Lease): PartitionWorker {
    leases.push(lease);
    let busy = false;
    async function alone<T>(action: () => Promise<T> | T): Promise<T> {
      if (busy) overlapped = true;
      busy = true;
      try {
        return await action();
      } finally {
        busy = false;
      }
    }
    return {
      open: () =>
        alone(() => {
          calls.open++;
          return script.open?.(lease.partition) ?? 0;
        }),
      process: (records) =>
        alone(async () => {
          await script.process?.(records, lease.partition);
          const seen = processed.get(lease.partition) ?? [];
          processed.set(lease.partition, [...seen, ...records.map(({ offset }) => offset)]);
        }),
      idle: () => alone(() => void calls.idle++),
      resume: () =>
        alone(async () => {
          calls.resume++;
          await script.resume?.(lease.partition);
        }),
      close: () =>
        alone(async () => {
          await script.close?.();
          calls.close++;
        }),
    };
  }

  return { worker, leases, processed, calls, overlapped: () => overlapped };
}
