import { rm } from 'node:fs/promises';
import { expect, test } from 'vitest';

import { batchTables, migrate, openStore, startEmbedded } from '../index.ts';
import type { Store } from '../index.ts';
import type { BatchId } from '../port.ts';
import { realClock, temporaryEngine } from '../testing/engine.ts';
import { batchOf, exampleSpan } from '../testing/spans.ts';

const window = { name: 'edges', fromSeconds: 3600, toSeconds: 7200 };
// Of today: claims expire.
const claim = { window, leaseMs: 60_000, maxFailures: 3, again: false, nowMs: Date.now() };
const id: BatchId = { stream: 's', partition: 3, a: 10, b: 12, appendTimeMs: 1_764_000_010_000 };

/** Paths of all parts of a table. */
async function partsOf(store: Store, table: string): Promise<string[]> {
  const rows = await store.read.rows<{ path: string }>(
    'SELECT path FROM system.parts WHERE active AND database = currentDatabase() AND table = {table:String}',
    { table },
  );
  return rows.map(({ path }) => path);
}

test('a block that was lost while its token is remembered goes in as the next attempt, and once', async () => {
  const temporary = await temporaryEngine();
  const connect = (url: string, password: string): Parameters<typeof openStore>[0] => ({ url, password });
  const first = connect(temporary.engine.url, temporary.engine.secret);
  await migrate(first, { traceTtlDays: 10_000, figureTtlDays: 10_000 });
  const before = openStore(first);
  const batch = batchOf(id, [[exampleSpan()]]);
  for (const table of batchTables) await before.insert(table, batch);
  expect(await before.rollups.claim({ ...claim, owner: 'first' })).toBe(1);
  const written = [...batchTables.map((table) => `${table}_data`), 'rollup_claims'];
  const parts = (await Promise.all(written.map((table) => partsOf(before, table)))).flat();
  expect(parts).toHaveLength(written.length);
  await before.close();
  await temporary.engine.close();
  // What a kill leaves behind: the token is written first, then the part is moved to its place.
  for (const path of parts) await rm(path, { recursive: true });

  const engine = await startEmbedded({ dataDir: temporary.dataDir, clock: realClock });
  const store = openStore(connect(engine.url, engine.secret));
  try {
    for (const table of batchTables) {
      expect(await store.hasBlock(table, id)).toBe(false);
      expect(await store.insert(table, batch)).toBe(true);
      // Should this fail one day, ClickHouse no longer drops it, and attempts are not needed any more.
      expect(await store.hasBlock(table, id)).toBe(false);
      expect(await store.insert(table, batch, 2)).toBe(true);
      expect(await store.hasBlock(table, id)).toBe(true);
      expect(await store.insert(table, batch, 2)).toBe(true);
    }
    const [row] = await store.read.rows<{ spans: string; fragments: string }>(
      'SELECT (SELECT count() FROM spans) AS spans, (SELECT count() FROM fragments) AS fragments',
      {},
    );
    expect(row).toEqual({ spans: '1', fragments: '1' });
    expect(await store.rollups.claim({ ...claim, owner: 'second' })).toBe(1);
    expect(await store.rollups.claim({ ...claim, owner: 'third' })).toBeNull();
  } finally {
    await store.close();
    await engine.close();
    await temporary.remove();
  }
});
