import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Log } from '../../port.ts';
import type { MemberLine } from '../../testing/kafka-member-process.ts';
import { makeKafkaTopics, sharedBrokers, type KafkaTopics } from '../../testing/kafka.ts';

/** Compiled: `tsc -b` comes first. */
const MEMBER = fileURLToPath(new URL('../../../dist/testing/kafka-member-process.js', import.meta.url));
const SESSION_MS = 1_500;
const PARTITIONS = 2;
const PATIENCE = { timeout: 60_000, interval: 20 };

interface Child {
  readonly process: ChildProcess;
  readonly lines: MemberLine[];
}

let topics: KafkaTopics;
let children: Child[];

beforeEach(async () => {
  children = [];
  topics = await makeKafkaTopics(sharedBrokers(), { partitions: PARTITIONS });
});
afterEach(async () => {
  for (const { process } of children) process.kill('SIGKILL');
  await topics.discard();
});

function startChild(): Child {
  const { brokers } = topics.connection;
  const started = spawn(process.execPath, [MEMBER, brokers.join(), topics.prefix, String(SESSION_MS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const child: Child = { process: started, lines: [] };
  createInterface({ input: started.stdout }).on('line', (line) => child.lines.push(JSON.parse(line) as MemberLine));
  children.push(child);
  return child;
}

/** Joins the group; from when it opens a partition, nobody else may append to `traces` there. */
async function takeOver(log: Log): Promise<{ highs: Map<number, number>; leave: () => Promise<void> }> {
  const highs = new Map<number, number>();
  const member = await log.join({
    group: 'assembler',
    topic: 'spans',
    idleMs: 50,
    worker: ({ partition }) => ({
      async open() {
        highs.set(partition, (await log.bounds('traces', partition)).high);
        return (await log.bounds('spans', partition)).low;
      },
      process: async () => undefined,
      idle: async () => undefined,
      resume: async () => undefined,
      close: async () => undefined,
    }),
  });
  return { highs, leave: member.leave };
}

const count = (child: Child, event: MemberLine['event']): number =>
  child.lines.filter((line) => line.event === event).length;

it('writes nothing under a lease that ran out while the process was stopped', async () => {
  const log = await topics.open({ sessionTimeoutMs: SESSION_MS });
  const zombie = startChild();
  await vi.waitFor(() => expect(count(zombie, 'opened')).toBe(PARTITIONS), PATIENCE);
  await vi.waitFor(async () => expect((await log.bounds('traces', 0)).high).toBeGreaterThan(20), PATIENCE);
  zombie.process.kill('SIGUSR2');
  await vi.waitFor(() => expect(count(zombie, 'held')).toBe(PARTITIONS), PATIENCE);
  zombie.process.kill('SIGSTOP');
  const { highs, leave } = await takeOver(log);
  await vi.waitFor(() => expect(highs.size).toBe(PARTITIONS), PATIENCE);
  zombie.process.kill('SIGCONT');
  await vi.waitFor(() => expect(count(zombie, 'lost')).toBe(PARTITIONS), PATIENCE);
  // It comes back, and gets one of them; until then the other owner had both to itself.
  await vi.waitFor(() => expect(count(zombie, 'opened')).toBe(PARTITIONS + 1), PATIENCE);
  const again = zombie.lines.findLast(({ event }) => event === 'opened')?.partition ?? -1;
  const kept = 1 - again;
  expect((await log.bounds('traces', kept)).high).toBe(highs.get(kept));
  await leave();
});

it('takes over from a killed member when its session is over', async () => {
  const log = await topics.open({ sessionTimeoutMs: SESSION_MS });
  const killed = startChild();
  await vi.waitFor(() => expect(count(killed, 'opened')).toBe(PARTITIONS), PATIENCE);
  killed.process.kill('SIGKILL');
  await once(killed.process, 'exit');
  const { highs, leave } = await takeOver(log);
  await vi.waitFor(() => expect(highs.size).toBe(PARTITIONS), PATIENCE);
  await leave();
});
