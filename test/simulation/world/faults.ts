import { drawn, Purpose } from './random.ts';

/** What can happen to one call of a port. */
export const callFaults = [
  /** It fails and nothing happened. */
  'before',
  /** It happened, and the answer got lost. */
  'after',
  /** The caller gives up; it happens later. */
  'late',
  /** It happens late, and the answer is late. */
  'slow',
  /** An append: some of its records are there, and it fails. */
  'part',
  /** The client of the port tries again, though it had happened. */
  'twice',
] as const;
export type CallFault = (typeof callFaults)[number];

/** What can happen to the machines. */
export const eventKinds = [
  'kill',
  'pause',
  'evict',
  'rebalance',
  'wipe',
  'rollback',
  'vanish',
  'full',
  'outage',
  'rewind',
  'uncommit',
  'blackout',
] as const;
export type EventKind = (typeof eventKinds)[number];

/** A fault at a time. `amount`, from 0 to 1, says how long, how far or to whom. */
export interface TimedFault {
  readonly atMs: number;
  readonly kind: EventKind;
  readonly group: 'assembler' | 'sink';
  readonly amount: number;
  /** Strikes at this write of the group from then on, when it is sent or when it has arrived; null: at once. */
  readonly atWrite: { readonly skip: number; readonly arrived: boolean } | null;
}

/** A call as it is sent. */
export interface CallPoint {
  /** How many were sent before it. */
  readonly count: number;
  readonly nowMs: number;
  /** Who sends what, without numbers. */
  readonly name: () => string;
}

/** A fault of a call that happened: of the first call of this name from then on. */
export interface FaultyCall {
  readonly atMs: number;
  readonly name: string;
  readonly fault: CallFault;
}

/** What goes wrong in a run: chosen by the seed, or a list that a shrinker cut short. */
export interface FaultPlan {
  readonly events: readonly TimedFault[];
  /** Begins a run: what is answered says the fault of each call, if any. */
  calls(): (call: CallPoint) => CallFault | null;
  /** How long the n-th call takes each way, milliseconds, where nothing is wrong. */
  delayMs(count: number): number;
}

/** The faults that a seed chooses for calls: about `rate` of them. */
export function seededCalls(seed: number, rate: number): FaultPlan['calls'] {
  return () =>
    ({ count }) => {
      const x = drawn(seed, Purpose.calls, count);
      if (x >= rate) return null;
      return callFaults[Math.floor((x / rate) * callFaults.length)] ?? null;
    };
}

/** These faults, each once. */
export function listedCalls(faulty: readonly FaultyCall[]): FaultPlan['calls'] {
  return () => {
    const left = [...faulty];
    return ({ nowMs, name }) => {
      const at = left.findIndex((each) => each.atMs <= nowMs && each.name === name());
      return at === -1 ? null : (left.splice(at, 1)[0]?.fault ?? null);
    };
  };
}

export function seededDelays(seed: number, meanMs: number): FaultPlan['delayMs'] {
  return (count) => {
    const x = drawn(seed, Purpose.network, count);
    // Mostly a few milliseconds, now and then much more: that is what changes the order of things.
    return x < 0.9 ? (x / 0.9) * meanMs : meanMs * (1 + 25 * ((x - 0.9) / 0.1) ** 2);
  };
}
