import type { ClickHouseClient } from '@clickhouse/client';
import { tables } from '../tables/index.ts';
import { levelTables } from '../tables/rollups.ts';
import { ttlOf } from '../tables/options.ts';
import type { TableOptions } from '../tables/options.ts';

/**
 * Brings the tables whose rows live for another time than configured to it; the others are not
 * touched. What is stored already follows: a part keeps the TTL that it was written under, merges
 * included, until it is computed anew, and rows would go too early after retention was raised. Only
 * the TTL is, in the background, out of the column `day`: the other columns are linked, not copied.
 */
export async function applyRetention(client: ClickHouseClient, options: TableOptions): Promise<void> {
  const result = await client.query({
    query: 'SELECT name, engine_full FROM system.tables WHERE database = currentDatabase()',
    format: 'JSONEachRow',
  });
  const engines = new Map(
    (await result.json<{ name: string; engine_full: string }>()).map((row) => [row.name, row.engine_full]),
  );
  for (const { dataTable, keeps } of [...Object.values(tables), ...levelTables]) {
    const ttl = ttlOf(keeps, options);
    if (engines.get(dataTable)?.includes(`TTL ${ttl} `) === true) continue;
    await client.command({ query: `ALTER TABLE ${dataTable} MODIFY SETTING materialize_ttl_recalculate_only = 1` });
    await client.command({
      query: `ALTER TABLE ${dataTable} MODIFY TTL ${ttl}`,
      clickhouse_settings: { materialize_ttl_after_modify: 1, mutations_sync: '0' },
    });
  }
}
