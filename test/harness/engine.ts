import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { startEmbedded } from '@spanloom/store';

/** Runs a statement in the ClickHouse of a stopped pipeline's data folder. */
export async function execute(dataDir: string, statement: string): Promise<void> {
  const clock = { now: () => Date.now(), sleep: async (ms: number) => sleep(ms) };
  const engine = await startEmbedded({ dataDir: join(dataDir, 'clickhouse'), clock });
  try {
    const answer = await fetch(engine.url, {
      method: 'POST',
      headers: { 'x-clickhouse-user': 'default', 'x-clickhouse-key': engine.secret },
      body: statement,
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
  } finally {
    await engine.close();
  }
}
