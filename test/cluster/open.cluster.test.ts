import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type Cluster, startCluster } from '../harness/cluster.ts';
import { type Fleet, startFleet } from '../harness/fleet.ts';
import { waitFor } from '../harness/wait.ts';
import { send } from '../load/client.ts';
import { Random } from '../load/random.ts';
import { span } from '../load/spans.ts';

interface Pipeline {
  readonly partitions: readonly { readonly open: { readonly traces: number; readonly spans: number } | null }[];
  readonly lastAudit: object | null;
}

/** Kafka, Redis, and a process for each role: what one of them has open, another answers. */
describe('what is open on a cluster', () => {
  const random = new Random(41);
  const traceIds = Array.from({ length: 8 }, () => random.hex(16));
  let cluster: Cluster;
  let fleet: Fleet;

  beforeAll(async () => {
    cluster = await startCluster({ partitions: 2, flags: ['--settle', '60s', '--quiet', '60s'] });
    fleet = startFleet(cluster, []);
    for (const role of ['gateway', 'sink', 'assembler', 'query'] as const) await fleet.scale(role, 1);
    await fleet.settled();
  });
  afterAll(async () => {
    await fleet?.stop();
    await cluster?.stop();
  });

  async function get(path: string): Promise<{ readonly status: number; readonly body: unknown }> {
    const [query] = fleet.workers('query');
    const answer = await fetch(`http://127.0.0.1:${query?.ports.query}/api/v1/${path}`);
    return { status: answer.status, body: await answer.json() };
  }

  it('is listed within 2 s of its acknowledgement, and counted', async () => {
    const port = fleet.workers('gateway')[0]?.ports.http ?? 0;
    for (const traceId of traceIds) await send(port, [span({ traceId, spanId: random.hex(8), service: 'shop' })]);
    const listed = await waitFor(
      async () => {
        const { traces } = (await get('traces/open')).body as { traces: { traceId: string }[] };
        return traces.length === traceIds.length ? traces : null;
      },
      { withinMs: 2000, what: 'all of them' },
    );
    expect(listed.map(({ traceId }) => traceId).toSorted()).toEqual(traceIds.toSorted());

    const { partitions } = (await get('pipeline')).body as Pipeline;
    const sum = (of: 'traces' | 'spans'): number =>
      partitions.reduce((total, each) => total + (each.open?.[of] ?? NaN), 0);
    expect([sum('traces'), sum('spans')]).toEqual([8, 8]);
  });

  it('is in flight for an audit, which is recorded', async () => {
    expect((await get('pipeline')).body).toMatchObject({ lastAudit: null });
    expect((await cluster.audit()).clean).toBe(true);
    expect((await get('pipeline')).body).toMatchObject({
      lastAudit: { clean: true, partitions: 2, acknowledged: 8, stored: 0, inFlight: 8 },
    });
  });

  it('is not known, rather than nothing, without Redis', async () => {
    await cluster.redis.stop();
    const { partitions } = (await get('pipeline')).body as Pipeline;
    expect(partitions.map(({ open }) => open)).toEqual([null, null]);
    expect(await get('traces/open')).toMatchObject({ status: 503, body: { error: { code: 'unavailable' } } });
  });
});
