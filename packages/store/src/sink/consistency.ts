import type { ClickHouseSettings } from '@clickhouse/client';
import type { Clock } from '@spanloom/span';
import type { ReadClient } from '../client/read-client.ts';
import { StoreError } from '../errors.ts';
import { turns } from './turns.ts';

/**
 * Reads see every insert that was acknowledged, whichever replica answers: the sink's look-ups need
 * it, and people's figures must not be older than the time up to which they are said to be complete.
 * Tables of one server ignore it; those of managed services have replicas without saying so.
 */
export const seesAcknowledged: ClickHouseSettings = { select_sequential_consistency: '1' };

/**
 * A majority of replicas has what was acknowledged. Not in parallel: only then can a replica tell
 * whether it has everything, which is what {@link seesAcknowledged} asks of it.
 */
export const byQuorum: ClickHouseSettings = {
  insert_quorum: 'auto',
  insert_quorum_parallel: 0,
  insert_quorum_timeout: 60_000,
};

/** What goes with inserts, and how inserts and reads go about replicas. */
export interface Consistency {
  readonly insertSettings: ClickHouseSettings;
  insert(table: string, run: () => Promise<void>): Promise<void>;
  reads(client: ReadClient): ReadClient;
}

/** Tables of one server, or of a service that replicates by itself. */
export const direct: Consistency = {
  insertSettings: {},
  insert: (_table, run) => run(),
  reads: (client) => client,
};

/** UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE: another insert is on its way; this one wrote nothing. */
const quorumBusy = 286;
/** REPLICA_IS_NOT_IN_QUORUM: this replica is behind; in a moment it, or at once another, is not. */
const replicaBehind = 289;

/** After this long it is no other insert, but a quorum that does not come about. */
const maxWaitMs = 60_000;

/**
 * Replicated tables take one quorum insert at a time. Inserts of this process wait for each other;
 * where one of another process is on its way, it is tried again: 10 ms later, then twice that, at
 * most 320 ms. So is a read that met a replica which is behind.
 */
export function byMajority(clock: Clock): Consistency {
  const inTurn = turns();
  return {
    insertSettings: byQuorum,
    insert: (table, run) => inTurn(table, () => persistently(clock, quorumBusy, run)),
    reads: (client) => ({
      rows: (query, parameters, options) =>
        persistently(clock, replicaBehind, () => client.rows(query, parameters, options), options?.signal),
      bytes: (query, format, parameters, options) =>
        persistently(clock, replicaBehind, () => client.bytes(query, format, parameters, options), options?.signal),
    }),
  };
}

/** Tries again for a minute while ClickHouse answers with this code, unless the signal aborts. */
async function persistently<T>(clock: Clock, code: number, run: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const giveUpAtMs = clock.now() + maxWaitMs;
  for (let waitMs = 10; ; waitMs = Math.min(waitMs * 2, 320)) {
    try {
      return await run();
    } catch (error) {
      const passing = error instanceof StoreError && error.code === code;
      if (!passing || clock.now() > giveUpAtMs || signal?.aborted === true) throw error;
    }
    await clock.sleep(waitMs, signal);
  }
}
