import { Random } from '../load/random.ts';

/** Everything that can go wrong, by what an operator would call it. */
export const faults = [
  'kill',
  'terminate',
  'zombie',
  'redis restart',
  'redis wiped',
  'redis rolled back',
  'kafka restart',
  'clickhouse outage',
  'clickhouse killed',
  'scale',
] as const;
export type Fault = (typeof faults)[number];

export interface Step {
  /** Milliseconds of quiet before it. */
  readonly afterMs: number;
  readonly fault: Fault;
  /** Which of the candidates it hits: from 0 to 1. */
  readonly target: number;
  /** How long it lasts, where it lasts. */
  readonly forMs: number;
}

export interface ScheduleOptions {
  readonly seed: number;
  /** How often each fault comes. */
  readonly rounds: number;
  /** The session timeout of workers: a zombie sleeps for longer. */
  readonly sessionTimeoutMs: number;
}

/** The same seed gives the same schedule: every fault once a round, in another order each round. */
export function makeSchedule({ seed, rounds, sessionTimeoutMs }: ScheduleOptions): Step[] {
  const random = new Random(seed);
  return Array.from({ length: rounds }, () => shuffled(random, faults)).flatMap((round) =>
    round.map((fault) => ({
      afterMs: random.int(500, 4000),
      fault,
      target: random.next(),
      forMs: fault === 'zombie' ? sessionTimeoutMs + random.int(1000, 4000) : random.int(500, 5000),
    })),
  );
}

function shuffled<T>(random: Random, items: readonly T[]): T[] {
  const left = [...items];
  const out: T[] = [];
  while (left.length > 0) out.push(...left.splice(random.int(0, left.length - 1), 1));
  return out;
}
