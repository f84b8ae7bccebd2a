import { Redis } from 'ioredis';
import kafkajs, { type Admin } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type Cluster, startCluster } from '../harness/cluster.ts';
import { type Fleet, startFleet } from '../harness/fleet.ts';
import { drained } from '../harness/outcome.ts';
import { waitFor } from '../harness/wait.ts';
import { type Traffic, startTraffic } from '../load/traffic.ts';

/** What operators do to a running system, by mistake or not. One system, one mistake after the other. */
const settleMs = 1000;

describe('what an operator does', () => {
  let cluster: Cluster;
  let fleet: Fleet;
  let admin: Admin;
  let seed = 100;

  beforeAll(async () => {
    cluster = await startCluster({ partitions: 2, flags: [`--settle=${settleMs}ms`, '--quiet', '3s'] });
    admin = new kafkajs.Kafka({ brokers: [...cluster.kafka.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
    await admin.connect();
    fleet = startFleet(cluster, []);
    await fleet.scale('gateway', 1);
    await fleet.scale('sink', 1);
    await fleet.scale('assembler', 1);
    await fleet.settled();
  });
  afterAll(async () => {
    await admin?.disconnect();
    await fleet?.stop();
    await cluster?.stop();
  });

  function traffic(): Traffic {
    const ports = (): number[] => fleet.workers('gateway').map((worker) => worker.ports.http);
    return startTraffic({ seed: seed++, spansPerSecond: 400, ports, lateMs: null, settleMs });
  }

  async function send(spans: number): Promise<void> {
    const sent = traffic();
    await waitFor(async () => (sent.ledger.spans >= spans ? true : null), { withinMs: 60_000, what: 'some traffic' });
    await sent.finish();
  }

  async function withoutAssembler(then: () => Promise<void>): Promise<void> {
    await fleet.scale('assembler', 0);
    await then();
    await fleet.scale('assembler', 1);
    await fleet.settled();
  }

  it('keys are deleted from Redis by hand: noticed, read again from Kafka, nothing lost', async () => {
    const sent = traffic();
    const redis = new Redis(cluster.redis.url);
    try {
      for (const kind of ['meta', 'index', 't:']) {
        const key = await waitFor(async () => (await redis.keys(`*:${kind}*`))[0], {
          withinMs: 30_000,
          what: `a key of kind ${kind}`,
        });
        expect(await redis.del(key)).toBe(1);
      }
    } finally {
      redis.disconnect();
    }
    await sent.finish();
    expect((await drained(cluster, fleet)).clean).toBe(true);
  });

  it('committed offsets are set back to the beginning, and forward to the end: nothing is doubled or lost', async () => {
    for (const to of ['low', 'high'] as const) {
      await withoutAssembler(async () => {
        await send(300);
        const offsets = await admin.fetchTopicOffsets('spans');
        const partitions = offsets.map((each) => ({ partition: each.partition, offset: each[to] }));
        await admin.setOffsets({ groupId: 'assembler', topic: 'spans', partitions });
      });
      await send(100);
      const audit = await drained(cluster, fleet);
      expect({ to, clean: audit.clean, audit }).toMatchObject({ to, clean: true });
    }
  });

  it('records are deleted before anybody read them: counted, named, and the rest goes on', async () => {
    await withoutAssembler(async () => {
      await send(300);
      const partitions = (await admin.fetchTopicOffsets('spans')).map(({ partition, high }) => ({
        partition,
        offset: high,
      }));
      await admin.deleteTopicRecords({ topic: 'spans', partitions });
    });
    await send(100);
    const audit = await waitFor(
      async () => {
        const report = await cluster.audit();
        return report.partitions.every(({ inFlight }) => inFlight === 0) ? report : null;
      },
      { withinMs: 60_000, what: 'nothing in flight', everyMs: 500 },
    );
    expect(audit.clean).toBe(false);
    expect(audit.partitions.every((partition) => partition.missing.count === 0 && partition.doubled.count === 0)).toBe(
      true,
    );
    const expired = audit.partitions.reduce((sum, partition) => sum + partition.expiredUnread.count, 0);
    expect(expired).toBeGreaterThan(0);
    const [assembler] = fleet.workers('assembler');
    expect(await assembler?.metric('spanloom_assembler_expired_total')).toBeGreaterThanOrEqual(expired);
    const ready = await (await fetch(`http://127.0.0.1:${assembler?.ports.health}/readyz`)).text();
    expect(ready).toContain('expired before they were read');
  });

  it("a topic's settings are changed: a role that starts says which", async () => {
    const set = (value: string): Promise<unknown> =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: kafkajs.ConfigResourceTypes.TOPIC,
            name: 'spans',
            configEntries: [
              { name: 'message.timestamp.type', value },
              { name: 'max.message.bytes', value: String(4 * 1024 * 1024 + 128 * 1024) },
            ],
          },
        ],
      });
    await set('CreateTime');
    const { code, stderr } = await cluster.run('sink', '--health-port', '0');
    expect(code).toBe(1);
    expect(stderr).toMatch(/spans.*message\.timestamp\.type.*CreateTime.*LogAppendTime/s);
    expect(stderr).toContain('kafka-configs.sh --alter');
    expect(stderr).not.toContain('at ');
    await set('LogAppendTime');
  });

  it('topics are deleted and made again: refused until a new stream is asked for', async () => {
    for (const role of ['assembler', 'sink', 'gateway'] as const) await fleet.scale(role, 0);
    await admin.deleteTopics({ topics: ['spans', 'traces'] });
    const flags = ['--kafka-partitions', '2', '--kafka-replication-factor', '1', '--kafka-min-insync-replicas', '1'];
    const gone = async (): Promise<true | null> =>
      (await admin.listTopics()).some((topic) => topic === 'spans' || topic === 'traces') ? null : true;
    await waitFor(gone, { withinMs: 30_000, what: 'the topics to be gone' });
    const refused = await cluster.run('migrate', ...flags);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('--new-stream');
    const made = await cluster.run('migrate', '--new-stream', ...flags);
    expect(made.stderr + made.stdout).toContain('topic spans: made');
    for (const role of ['assembler', 'sink', 'gateway'] as const) await fleet.scale(role, 1);
    await fleet.settled();
    await send(100);
    const audit = await drained(cluster, fleet);
    expect(audit.partitions.reduce((sum, { stored }) => sum + stored, 0)).toBeGreaterThan(0);
    expect(audit.partitions.every(({ missing, doubled }) => missing.count + doubled.count === 0)).toBe(true);
  });
});
