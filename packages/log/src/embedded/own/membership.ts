/** Ownership within one process: whoever joins gets every partition of the topic until it leaves. */
import type { Clock } from '@spanloom/span';
import { LeaseLostError } from '../../errors.ts';
import { createGate } from '../../own/gate.ts';
import { ownPartition, type Feed, type Granted } from '../../own/partition.ts';
import type { Committed, JoinOptions, LogRecord, Membership } from '../../port.ts';
import { placeName, type Place } from '../format/keys.ts';
import type { Notices } from './notice.ts';

export interface MembershipOptions {
  readonly join: JoinOptions;
  readonly places: readonly Place[];
  readonly clock: Clock;
  readonly notices: Notices;
  readonly read: (where: Place, from: number) => Promise<LogRecord[]>;
  readonly commit: (where: Place, committed: Committed) => Promise<void>;
}

export function startMembership(options: MembershipOptions): Membership {
  const { join, clock } = options;
  const stop = new AbortController();
  const runs = options.places.map((where) =>
    ownPartition({
      partition: where.partition,
      join,
      clock,
      stop: stop.signal,
      // The only member of its group: nothing ever changes hands.
      gate: createGate(stop.signal),
      grant: () => grant(where, options.commit),
      openFeed: () => openFeed(where, options, stop.signal),
    }).catch((error: unknown) => {
      // One partition without an owner is a pipeline that stands still: all end, and ended tells.
      stop.abort();
      throw error;
    }),
  );
  const closed = Promise.allSettled(runs);
  return {
    ended: Promise.all(runs).then(() => undefined),
    async leave() {
      stop.abort();
      await closed;
    },
  };
}

function openFeed(where: Place, { clock, join, notices, read }: MembershipOptions, stop: AbortSignal): Feed {
  const bell = createBell(notices, placeName(where), stop);
  return {
    async next(position) {
      while (!stop.aborted) {
        bell.arm();
        const records = await read(where, position);
        if (records.length > 0 || !(await bell.rings(join.idleMs, clock))) return records;
      }
      return [];
    },
    close: bell.close,
  };
}

/** Rings at an append, and when it is time to stop. */
interface Bell {
  /** From now on a ring is remembered. Call before reading, so that none falls in between. */
  arm(): void;
  /** True when it rang since it was armed, or rings within `ms`. */
  rings(ms: number, clock: Clock): Promise<boolean>;
  close(): void;
}

function createBell(notices: Notices, name: string, stop: AbortSignal): Bell {
  let rung = new AbortController();
  const ring = (): void => rung.abort();
  const unlisten = notices.listen(name, ring);
  stop.addEventListener('abort', ring);
  return {
    arm() {
      if (rung.signal.aborted && !stop.aborted) rung = new AbortController();
    },
    async rings(ms, clock) {
      const { signal } = rung;
      if (!signal.aborted) await clock.sleep(ms, signal);
      return signal.aborted;
    },
    close() {
      unlisten();
      stop.removeEventListener('abort', ring);
    },
  };
}

function grant(where: Place, commit: MembershipOptions['commit']): Granted {
  let live = true;
  const check = (): void => {
    if (!live) throw new LeaseLostError(where.partition);
  };
  return {
    lease: {
      partition: where.partition,
      check,
      async commit(offset, metadata) {
        check();
        await commit(where, { offset, metadata });
      },
    },
    revoke: () => void (live = false),
  };
}
