import type { ClickHouseClient } from '@clickhouse/client';
import type { TraceId } from '@spanloom/span';
import { storeErrorOf } from '../client/errors.ts';
import { traceIdList } from '../client/trace-id-list.ts';

/**
 * Copies what is stored of a trace to the tables without a TTL, and resolves with whether anything
 * was stored. The fragments go first: they say which spans belong to them, however many come
 * meanwhile. `kept_traces` names the trace last, when all of it is there. A repeat adds what was
 * stored since, and nothing twice.
 */
export async function keepTrace(client: ClickHouseClient, traceId: TraceId): Promise<boolean> {
  try {
    const ofTrace = `trace_id IN (${traceIdList([traceId])})`;
    const run = async (query: string): Promise<void> => {
      await client.command({ query, clickhouse_settings: { async_insert: 0, insert_deduplicate: 0 } });
    };
    await run(`INSERT INTO kept_fragments SELECT * FROM fragments_data WHERE marker = '' AND ${ofTrace}`);
    const ofFragments = `${ofTrace} AND (stream, partition, position) IN (
      SELECT stream, partition, position FROM kept_fragments WHERE ${ofTrace})`;
    await run(`INSERT INTO kept_resources SELECT * FROM resources_data
      WHERE marker = '' AND id IN (SELECT resource_id FROM spans_data WHERE marker = '' AND ${ofFragments})
      LIMIT 1 BY id`);
    await run(`INSERT INTO kept_spans SELECT * FROM spans_data WHERE marker = '' AND ${ofFragments}`);
    await run(`INSERT INTO kept_traces (trace_id) SELECT DISTINCT trace_id FROM kept_fragments WHERE ${ofTrace}`);
    const kept = await client.query({
      query: `SELECT 1 FROM kept_traces WHERE ${ofTrace} LIMIT 1`,
      format: 'JSONEachRow',
    });
    return (await kept.json()).length > 0;
  } catch (error) {
    throw storeErrorOf(error, `keeping trace ${traceId}`);
  }
}
