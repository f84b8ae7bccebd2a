import type { TraceId } from '@spanloom/span';
import { rowsOf, send } from '../client/request.ts';
import { traceIdsIn } from '../client/trace-id-list.ts';
import { seesAcknowledged } from '../sink/consistency.ts';
import type { Writer } from '../sink/insert.ts';

/**
 * Copies what is stored of a trace to the tables without a TTL, and resolves with whether anything
 * was stored. The fragments go first: they say which spans belong to them, however many come
 * meanwhile. `kept_traces` names the trace last, when all of it is there. A repeat adds what was
 * stored since, and nothing twice.
 */
export async function keepTrace({ client, consistency }: Writer, traceId: TraceId): Promise<boolean> {
  const ofTrace = traceIdsIn([traceId]);
  const doing = `keeping trace ${traceId}`;
  async function copy(table: string, selection: string): Promise<void> {
    const settings = {
      async_insert: 0,
      insert_deduplicate: 0,
      ...consistency.insertSettings,
      ...seesAcknowledged,
    } as const;
    await consistency.insert(table, async () => {
      await send(client, { query: `INSERT INTO ${table} ${selection}`, doing, settings });
    });
  }
  await copy('kept_fragments', `SELECT * FROM fragments_data WHERE marker = '' AND ${ofTrace}`);
  const ofFragments = `${ofTrace} AND (stream, partition, position) IN (
      SELECT stream, partition, position FROM kept_fragments WHERE ${ofTrace})`;
  await copy(
    'kept_resources',
    `SELECT * FROM resources_data
      WHERE marker = '' AND id IN (SELECT resource_id FROM spans_data WHERE marker = '' AND ${ofFragments})
      LIMIT 1 BY id`,
  );
  await copy('kept_spans', `SELECT * FROM spans_data WHERE marker = '' AND ${ofFragments}`);
  await copy('kept_traces', `(trace_id) SELECT DISTINCT trace_id FROM kept_fragments WHERE ${ofTrace}`);
  const kept = await rowsOf(client, {
    query: `SELECT 1 FROM kept_traces WHERE ${ofTrace} LIMIT 1`,
    doing,
    settings: seesAcknowledged,
  });
  return kept.length > 0;
}
