import type { ClickHouseSettings } from '@clickhouse/client';
import type { Clock } from '@spanloom/span';
import { StoreError } from '../errors.ts';
import { turns } from './turns.ts';

/**
 * The sink's look-ups see every insert that was acknowledged, whichever replica answers. Tables of
 * one server ignore it; those of managed services have replicas without saying so.
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

/** What goes with an insert, and when it may run. */
export interface WriteMode {
  readonly settings: ClickHouseSettings;
  run(table: string, insert: () => Promise<void>): Promise<void>;
}

/** Tables of one server, or of a service that replicates by itself. */
export const direct: WriteMode = { settings: {}, run: (_table, insert) => insert() };

/** UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE: another insert is on its way; this one wrote nothing. */
const quorumBusy = 286;

/** After this long it is no other insert, but a quorum that does not come about. */
const maxWaitMs = 60_000;

/**
 * Replicated tables take one quorum insert at a time. Inserts of this process wait for each other;
 * where one of another process is on its way, it is tried again: 10 ms later, then twice that, at
 * most 320 ms.
 */
export function quorumWrites(clock: Clock): WriteMode {
  const inTurn = turns();
  return {
    settings: byQuorum,
    run: (table, insert) =>
      inTurn(table, async () => {
        const giveUpAtMs = clock.now() + maxWaitMs;
        for (let waitMs = 10; ; waitMs = Math.min(waitMs * 2, 320)) {
          try {
            await insert();
            return;
          } catch (error) {
            const busy = error instanceof StoreError && error.code === quorumBusy;
            if (!busy || clock.now() > giveUpAtMs) throw error;
          }
          await clock.sleep(waitMs);
        }
      }),
  };
}
