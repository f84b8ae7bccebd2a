import type { ClickHouseClient } from '@clickhouse/client';
import type { ReadClient } from '../client/read-client.ts';
import { dates, dateTimes, integers, strings } from '../native/columns.ts';
import { insertBlock } from '../native/insert-block.ts';
import { ofWindow } from './window.ts';
import type { RollupWindow } from './window.ts';

export interface ClaimRequest {
  readonly window: RollupWindow;
  /** Different in each process. */
  readonly owner: string;
  /** After it whoever comes may take the next term. By ClickHouse's clock. */
  readonly leaseMs: number;
  /** After as many runs that failed, nobody tries again. Those that were cut off do not count. */
  readonly maxFailures: number;
  /** Also where a run of the window is done. */
  readonly again: boolean;
  readonly nowMs: number;
}

/** Each but the last would be a crash of ClickHouse within the same millisecond of an insert. */
const maxAttempts = 3;

/**
 * Claims a window: resolves with the term, 1 or higher, or with null where somebody else holds it, or
 * it failed too often. Of several that try at once one gets it: ClickHouse keeps one insert of a
 * token, and reading back says whose. Should it have forgotten the token, the row that was there first
 * counts. A claim whose lease is over keeps its owner from nothing: what it writes late has a lower
 * term than what the next one writes, and is not looked at.
 */
export async function claimWindow(
  client: ClickHouseClient,
  read: ReadClient,
  { window, owner, leaseMs, maxFailures, again, nowMs }: ClaimRequest,
): Promise<number | null> {
  const [last] = await read.rows<{ term: number; over: number }>(
    `SELECT term, min(claimed) + toIntervalMillisecond(any(lease_ms)) < now64(3) AS over
     FROM rollup_claims
     WHERE ${ofWindow}
     GROUP BY term
     ORDER BY term DESC
     LIMIT 1`,
    { ...window },
  );
  // After the claims: a run that ended is recorded before anybody may take its claim as given back.
  const ended = await read.rows<{ attempt: string; status: string }>(
    `SELECT attempt, status FROM rollup_runs WHERE ${ofWindow} AND ended = 1`,
    { ...window },
  );
  if (!again && ended.some((run) => run.status === 'done')) return null;
  if (last !== undefined) {
    const isOver = last.over === 1 || ended.some((run) => Number(run.attempt) === last.term);
    if (!isOver || ended.filter((run) => run.status === 'failed').length >= maxFailures) return null;
  }
  const term = (last?.term ?? 0) + 1;
  const token = `rollup_claims/${window.name}/${window.fromSeconds}-${window.toSeconds}/${term}`;
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    await insertBlock(
      client,
      'rollup_claims',
      1,
      [
        dates('day', [Math.floor(nowMs / 86_400_000)]),
        strings('name', [window.name]),
        dateTimes('window_from', [window.fromSeconds]),
        dateTimes('window_to', [window.toSeconds]),
        integers('term', 'UInt32', [term]),
        strings('owner', [owner]),
        integers('lease_ms', 'UInt32', [leaseMs]),
      ],
      attempt === 1 ? token : `${token}/${attempt}`,
    );
    const [row] = await read.rows<{ winner: string }>(
      `SELECT argMin(owner, (claimed, owner)) AS winner FROM rollup_claims WHERE ${ofWindow} AND term = {term:UInt32}`,
      { ...window, term },
    );
    const winner = row?.winner ?? '';
    // Nobody's: a ClickHouse that was killed remembers the token of a row that it lost.
    if (winner !== '') return winner === owner ? term : null;
  }
  return null;
}
