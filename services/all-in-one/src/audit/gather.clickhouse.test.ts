import { join } from 'node:path';

import { makeDataDir, manualClock } from '@spanloom/log/testing';
import { systemClock } from '@spanloom/runtime';
import { migrate, openStore, startEmbedded } from '@spanloom/store';
import { expect, test } from 'vitest';

import { gather } from './gather.ts';
import { reportOf } from './report.ts';

const dayMs = 86_400_000;

test('what is older than ClickHouse keeps traces is not held against it; dead letters and expired ranges are accounted for', async () => {
  const clock = manualClock();
  const folder = await makeDataDir();
  const log = await folder.open({ clock, partitions: 1 });
  const engine = await startEmbedded({ dataDir: join(folder.dir, 'clickhouse'), clock: systemClock });
  const connection = { url: engine.url, password: engine.secret };
  await migrate(connection);
  const store = openStore(connection);
  try {
    const chunk = { key: Buffer.alloc(16, 1), value: Buffer.from('chunk') };
    await log.append('spans', 0, [chunk, chunk]);
    clock.moveBy(8 * dayMs);
    await log.append('spans', 0, [chunk, { key: null, value: null }, chunk]);
    await log.append('spans.dlq', 0, [
      { ...chunk, headers: { topic: 'spans', partition: '0', offset: '4', reason: 'garbage' } },
      { key: null, value: null, headers: { topic: 'spans', partition: '0', offset: '0', to: '2', reason: 'expired' } },
      // About topics of collectors, whatever they are called: none of our offsets.
      { ...chunk, headers: { topic: 'otlp_spans', partition: '0', offset: '2', reason: 'garbage' } },
      { ...chunk, headers: { from: 'kafka-input', topic: 'spans', partition: '0', offset: '2', reason: 'garbage' } },
    ]);
    const look = async (sinceMs: number) =>
      reportOf('s', await gather({ log, store: store.read, sinceMs })).partitions[0];

    expect(await look(clock.now() - 7 * dayMs)).toMatchObject({ acknowledged: 2, deadLettered: 1, inFlight: 1 });
    expect(await look(0)).toMatchObject({ acknowledged: 4, expiredUnread: { count: 2, offsets: ['0-1'] } });
  } finally {
    await store.close();
    await engine.close();
    await folder.discard();
  }
});
