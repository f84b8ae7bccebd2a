import type { Clock } from '@spanloom/span';
import { LeaseLostError } from '../../errors.ts';
import { createGate, type Gate } from '../../own/gate.ts';
import { ownPartition, type Feed, type Granted } from '../../own/partition.ts';
import type { JoinOptions } from '../../port.ts';
import type { Tenure } from './tenure.ts';

export interface OwnedOptions {
  readonly join: JoinOptions;
  readonly clock: Clock;
  readonly tenure: Tenure;
  readonly openFeed: (partition: number) => Feed;
  readonly commit: (partition: number, offset: number, metadata: string) => Promise<void>;
  /** Told what no new worker can mend. */
  readonly onFailure: (error: unknown) => void;
}

/** The partitions of a member, each with its worker. */
export interface Owned {
  /** Lets no call begin; resolves when those in progress are over. */
  pause(): Promise<void>;
  /** Ends the leases of those whose calls are still in progress: each gets a new worker when they are over. */
  abandon(): void;
  /** Goes on with these: the others are closed, at once without their leases. */
  resume(partitions: readonly number[]): void;
  /** Closes all, with their leases; resolves when they are closed. */
  close(): Promise<void>;
  /** Resolves when what is being closed is closed. */
  closed(): Promise<void>;
}

interface Run {
  readonly gate: Gate;
  readonly ended: Promise<void>;
  readonly stop: () => void;
  readonly revoke: () => void;
  busy: boolean;
}

export function createOwned(options: OwnedOptions): Owned {
  const runs = new Map<number, Run>();
  /** Of partitions that went to others; one that comes back waits for its last worker. */
  const closing = new Map<number, Promise<void>>();

  function start(partition: number): Run {
    const stop = new AbortController();
    const gate = createGate(stop.signal);
    let revoke = (): void => undefined;
    const before = closing.get(partition) ?? Promise.resolve();
    const ended = before
      .then(() =>
        ownPartition({
          partition,
          join: options.join,
          clock: options.clock,
          gate,
          stop: stop.signal,
          openFeed: () => options.openFeed(partition),
          grant() {
            const granted = grant(partition, options);
            ({ revoke } = granted);
            return granted;
          },
        }),
      )
      .catch(options.onFailure);
    return { gate, ended, stop: () => stop.abort(), revoke: () => revoke(), busy: false };
  }

  function end(partition: number, run: Run): void {
    run.revoke();
    run.stop();
    runs.delete(partition);
    const ended = run.ended.then(() => {
      if (closing.get(partition) === ended) closing.delete(partition);
    });
    closing.set(partition, ended);
  }

  async function closed(): Promise<void> {
    await Promise.all(closing.values());
  }

  return {
    closed,
    async pause() {
      await Promise.all(
        [...runs.values()].map(async (run) => {
          run.busy = true;
          await run.gate.shut();
          run.busy = false;
        }),
      );
    },
    abandon() {
      for (const run of runs.values()) if (run.busy) run.revoke();
    },
    resume(partitions) {
      for (const [partition, run] of runs) if (!partitions.includes(partition)) end(partition, run);
      for (const partition of partitions) {
        const run = runs.get(partition);
        if (run === undefined) runs.set(partition, start(partition));
        else run.gate.reopen();
      }
    },
    async close() {
      for (const run of runs.values()) run.stop();
      await Promise.all([...runs.values()].map((run) => run.ended));
      await closed();
    },
  };
}

function grant(partition: number, { tenure, commit }: OwnedOptions): Granted {
  let live = true;
  const check = (): void => {
    if (!live) throw new LeaseLostError(partition);
    tenure.check(partition);
  };
  return {
    revoke: () => void (live = false),
    lease: {
      partition,
      check,
      async commit(offset, metadata) {
        check();
        await commit(partition, offset, metadata);
      },
    },
  };
}
