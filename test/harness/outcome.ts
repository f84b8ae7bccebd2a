import { openStore } from '@spanloom/store';
import { Redis } from 'ioredis';

import type { EdgeCounts } from '../load/ledger.ts';

import { type EdgesAnswer, countsOf } from './answers.ts';
import type { Audit } from './audit.ts';
import type { Cluster } from './cluster.ts';
import type { Fleet } from './fleet.ts';
import { waitFor } from './wait.ts';

/** Waits until everything that was acknowledged is stored. */
export async function drained(cluster: Cluster, fleet: Fleet): Promise<Audit> {
  return waitFor(
    async () => {
      const audit = await cluster.audit();
      return audit.partitions.every(({ inFlight }) => inFlight === 0) ? audit : null;
    },
    { withinMs: 180_000, everyMs: 1000, what: 'nothing in flight' },
  ).catch((error: unknown) => {
    const outputs = fleet.workers().map(({ role, group }) => `--- ${role}\n${group.output().slice(-3000)}`);
    throw new Error(`${String(error)}\n${outputs.join('\n')}`);
  });
}

/** Calls and errors by edge, as a query service of its own answers them. */
export async function edgesOf(fleet: Fleet): Promise<Record<string, EdgeCounts>> {
  await fleet.scale('query', 1);
  await fleet.settled();
  const [query] = fleet.workers('query');
  const answer = await fetch(`http://127.0.0.1:${query?.ports.query}/api/v1/edges?from=now-3h&limit=10000`);
  if (!answer.ok) throw new Error(`edges: ${answer.status} ${await answer.text()}`);
  return countsOf((await answer.json()) as EdgesAnswer);
}

/** Traces that are open; ticks close what is left once it is quiet, so this waits a while for none. */
export async function openTraces(fleet: Fleet): Promise<number> {
  const open = async (): Promise<number> => {
    const counts = await Promise.all(
      fleet.workers('assembler').map((worker) => worker.metric('spanloom_assembler_open_traces')),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  };
  await waitFor(async () => ((await open()) === 0 ? true : null), {
    withinMs: 60_000,
    what: 'no open trace',
    everyMs: 500,
  }).catch(() => undefined);
  return open();
}

/** Keys of Redis that nothing would ever remove. */
export async function immortalKeys(cluster: Cluster): Promise<string[]> {
  const redis = new Redis(cluster.redis.url);
  try {
    const immortal: string[] = [];
    for (const key of await redis.keys('*')) if ((await redis.ttl(key)) === -1) immortal.push(key);
    return immortal;
  } finally {
    redis.disconnect();
  }
}

/** How many traces have more than one fragment: of these, and of the others, where late spans make them. */
export async function splitTraces(
  cluster: Cluster,
  traceIds: ReadonlySet<string>,
): Promise<{ readonly punctual: number; readonly others: number }> {
  const store = openStore({ url: cluster.clickhouse.url, password: cluster.clickhouse.secret, database: 'spanloom' });
  try {
    const rows = await store.read.rows<{ id: string }>(
      'SELECT trace_id AS id FROM fragments GROUP BY trace_id HAVING uniqExact(position) > 1',
      {},
    );
    const punctual = rows.filter(({ id }) => traceIds.has(id)).length;
    return { punctual, others: rows.length - punctual };
  } finally {
    await store.close();
  }
}
