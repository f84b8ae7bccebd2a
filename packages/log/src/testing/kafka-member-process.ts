/**
 * A member of a group that works until it is killed or stopped:
 * `node kafka-member-process.js <brokers> <prefix> <session timeout in ms>`. For each partition of
 * `spans` that it owns it appends to the same partition of `traces` all the time, under its lease.
 * On SIGUSR2 it holds between two appends, until it is continued (SIGCONT): so it can be stopped where nothing is on its
 * way to a broker. Prints one line of JSON for each thing that happens.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { LogError } from '../errors.ts';
import { openKafkaLog } from '../kafka/log.ts';
import type { Lease, PartitionWorker } from '../port.ts';
import { machineClock } from './clock.ts';

/** One line of its output. */
export interface MemberLine {
  readonly event: 'opened' | 'held' | 'lost';
  readonly partition: number;
}

function say(line: MemberLine): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

async function main(brokers: string, prefix: string, sessionTimeoutMs: number): Promise<void> {
  const log = await openKafkaLog({
    connection: { brokers: brokers.split(','), clientId: `member-${randomBytes(2).toString('hex')}` },
    prefix,
    clock: machineClock,
    sessionTimeoutMs,
  });

  let held: Promise<void> | null = null;
  process.on('SIGUSR2', () => {
    held = once(process, 'SIGCONT').then(() => {
      held = null;
    });
  });

  /** Appends until the lease is lost, from a loop of its own, as a zombie would. */
  async function appendAlways(lease: Lease): Promise<void> {
    const records = [{ key: null, value: null }];
    try {
      for (;;) {
        if (held !== null) {
          say({ event: 'held', partition: lease.partition });
          await held;
        }
        await log.append('traces', lease.partition, records, lease);
      }
    } catch {
      say({ event: 'lost', partition: lease.partition });
    }
  }

  const worker = (lease: Lease): PartitionWorker => ({
    async open() {
      say({ event: 'opened', partition: lease.partition });
      void appendAlways(lease);
      return (await log.bounds('spans', lease.partition)).low;
    },
    process: async () => undefined,
    idle: async () => undefined,
    async resume() {
      throw new LogError('Somebody else may have had it.', true);
    },
    close: async () => undefined,
  });
  const member = await log.join({ group: 'assembler', topic: 'spans', worker, idleMs: 50 });
  await member.ended;
}

const [brokers, prefix, sessionTimeoutMs] = process.argv.slice(2);
if (brokers !== undefined && prefix !== undefined && process.argv[1]?.endsWith('kafka-member-process.js')) {
  await main(brokers, prefix, Number(sessionTimeoutMs));
}
