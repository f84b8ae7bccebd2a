import type { KafkaLog, NewRecord } from '@spanloom/log';
import { openKafkaLog } from '@spanloom/log';
import { systemClock } from '@spanloom/runtime';
import { partitionOf } from '@spanloom/wire';

/** Of one append to a partition. */
const recordsPerAppend = 500;

/** Puts records into `spans` as gateways do; this process's CPU is nobody's. */
export interface Loader {
  add(record: NewRecord): Promise<void>;
  flush(): Promise<void>;
  close(): Promise<void>;
}

export async function openLoader(brokers: readonly string[], prefix: string): Promise<Loader> {
  const log: KafkaLog = await openKafkaLog({
    connection: { brokers, clientId: 'bench' },
    prefix,
    clock: systemClock,
    sessionTimeoutMs: 30_000,
  });
  const { partitions } = log.stream;
  const waiting = Array.from({ length: partitions }, (): NewRecord[] => []);
  const flush = async (partition: number): Promise<void> => {
    const records = waiting[partition] ?? [];
    if (records.length === 0) return;
    waiting[partition] = [];
    await log.append('spans', partition, records);
  };
  return {
    async add(record) {
      const partition = partitionOf(Buffer.from(record.key ?? []), partitions);
      waiting[partition]?.push(record);
      if ((waiting[partition]?.length ?? 0) >= recordsPerAppend) await flush(partition);
    },
    async flush() {
      await Promise.all(waiting.map((_, partition) => flush(partition)));
    },
    close: () => log.close(),
  };
}
