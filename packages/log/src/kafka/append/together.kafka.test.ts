import { expect, it } from 'vitest';
import { LeaseLostError } from '../../errors.ts';
import type { Lease } from '../../port.ts';
import { makeKafkaTopics, sharedBrokers } from '../../testing/kafka.ts';

const partitions = 6;

/** Is lost when it is looked at immediately before the bytes go out: after `append`, and after its turn came. */
function lostAtLast(partition: number): Lease {
  let looks = 0;
  return {
    partition,
    check() {
      if (++looks > 2) throw new LeaseLostError(partition);
    },
    commit: () => Promise.reject(new LeaseLostError(partition)),
  };
}

it('appends to several partitions with one request, of which a batch whose lease is lost stays behind', async () => {
  const topics = await makeKafkaTopics(sharedBrokers(), { partitions });
  try {
    const log = await topics.open();
    for (let round = 0; round < 3; round++) {
      const appends = Array.from({ length: partitions }, (_, partition) => {
        const records = [{ key: null, value: Buffer.from(`${round}.${partition}`) }];
        return log.append('traces', partition, records, ...(partition === 2 ? [lostAtLast(partition)] : []));
      });
      const results = await Promise.allSettled([...appends, log.append('spans', 0, [{ key: null, value: null }])]);
      expect(results.map(({ status }) => status === 'fulfilled')).toEqual([true, true, false, true, true, true, true]);
      expect(results[2]).toMatchObject({ reason: expect.any(LeaseLostError) });
    }
    for (let partition = 0; partition < partitions; partition++) {
      const values = (await log.read('traces', partition, 0)).map(({ value }) => value?.toString());
      expect(values).toEqual(partition === 2 ? [] : [0, 1, 2].map((round) => `${round}.${partition}`));
    }
    expect(await log.read('spans', 0, 0)).toHaveLength(3);
  } finally {
    await topics.discard();
  }
});
