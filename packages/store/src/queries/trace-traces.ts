import type { TraceId } from '@spanloom/span';
import type { ReadClient, ReadOptions } from '../client/read-client.ts';
import { traceIdsIn } from '../client/trace-id-list.ts';
import { levelTable } from '../levels/shape.ts';

/** What is left of a trace whose spans are not here. */
export interface TraceTraces {
  /** The figures, which live longer, name it: its spans were here. */
  readonly named: boolean;
  /** Unix milliseconds of the day of the oldest figures; null where there are none. */
  readonly oldestFiguresMs: number | null;
}

/** Looks for a trace where its id outlives its spans. */
export async function traceTraces(client: ReadClient, traceId: TraceId, options?: ReadOptions): Promise<TraceTraces> {
  const tables = ['edges_minute_data', levelTable('edges', 'hour'), levelTable('edges', 'day')];
  const [row] = await client.rows<{ named: string; oldest: string; rows: string }>(
    `SELECT
       (SELECT count() FROM (${tables.map(namingSql).join(' UNION ALL ')})) AS named,
       toUnixTimestamp(toDateTime(min(day), 'UTC')) AS oldest, count() AS rows
     FROM (
       SELECT day FROM operations_minute_data WHERE marker = ''
       UNION ALL SELECT day FROM ${levelTable('operations', 'hour')} WHERE marker = ''
     )`,
    {},
    options,
  );
  return {
    named: Number(row?.named ?? 0) > 0,
    oldestFiguresMs: Number(row?.rows ?? 0) === 0 ? null : Number(row?.oldest) * 1000,
  };

  function namingSql(table: string): string {
    return `(SELECT 1 FROM ${table} WHERE marker = '' AND (${traceIdsIn([traceId], 'slowest.2')} OR ${traceIdsIn([traceId], 'failed')}) LIMIT 1)`;
  }
}
