import { Violation } from '../check/violation.ts';
import type { CallFault, CallPoint, FaultPlan, FaultyCall } from './faults.ts';
import type { Actor, Scheduler } from './scheduler.ts';

/** Whoever answers a call. */
export type Target = 'log' | 'buffer' | 'store';

/** A call of a port: what it does when it arrives, and what a failure of the connection looks like. */
export interface Call<T> {
  readonly target: Target;
  /** In words, with numbers; the first one says what it is. */
  readonly what: () => string;
  /** Reads are not told of in stories, and one that arrives late has no effect. */
  readonly reads: boolean;
  effect: () => T;
  readonly broken: (why: string) => Error;
  /** What a failure half way leaves behind. */
  readonly part?: () => void;
}

interface Flight {
  readonly call: Call<unknown>;
  readonly actor: Actor;
  landed: boolean;
  land: () => void;
}

type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

/** No call arrives later than this after it was sent: clients and servers give up. */
export const longestFlightMs = 60_000;

/**
 * Carries calls to the simulated servers. A call arrives, does what it does in one step, and is
 * answered in another; in between, anything may happen to anybody.
 */
export class Network {
  readonly #scheduler: Scheduler;
  readonly #faultAt: (call: CallPoint) => CallFault | null;
  readonly #delayMs: FaultPlan['delayMs'];
  readonly #flying: Set<Flight> = new Set();
  /** Calls so far. */
  calls = 0;
  /** Faults that happened: their number, by kind. */
  readonly happened: Map<string, number> = new Map();
  /** The calls that met a fault, for a shrinker. */
  readonly faulty: FaultyCall[] = [];
  /** From now on no call fails. */
  calm = false;
  tell: ((line: string) => void) | null = null;
  /** The call whose effect is happening now. */
  landing: { readonly actor: Actor; readonly fault: CallFault | null; readonly sentMs: number } | null = null;
  /** Told of each call that writes: when it is sent, and when it has arrived. */
  onWrite: ((actor: Actor, arrived: boolean) => void) | null = null;

  constructor(scheduler: Scheduler, plan: FaultPlan) {
    this.#scheduler = scheduler;
    this.#faultAt = plan.calls();
    this.#delayMs = plan.delayMs;
  }

  count(kind: string): void {
    this.happened.set(kind, (this.happened.get(kind) ?? 0) + 1);
  }

  /** Makes a call for an actor that runs, and gives its turn back. */
  call<T>(actor: Actor, call: Call<T>): Promise<T> {
    const count = this.calls++;
    const fault = this.calm ? null : this.#faultOf(actor, count, call);
    return this.#scheduler.wait<T>((resolve, reject) => {
      this.#send(actor, call, count, fault, (outcome) => {
        if (outcome.ok) resolve(outcome.value);
        else reject(outcome.error);
      });
    });
  }

  #faultOf(actor: Actor, count: number, call: Call<unknown>): CallFault | null {
    const { nowMs } = this.#scheduler;
    const name = (): string => `${actor.name.split(' ')[0] ?? ''} ${call.what().split(/[ ,]/)[0] ?? ''}`;
    const fault = this.#faultAt({ count, nowMs, name });
    if (fault === null) return null;
    const fits = fault === 'part' ? call.part !== undefined : fault === 'twice' ? !call.reads : true;
    if (!fits) return null;
    this.faulty.push({ atMs: nowMs, name: name(), fault });
    this.count(`call ${fault}`);
    return fault;
  }

  #send<T>(
    actor: Actor,
    call: Call<T>,
    count: number,
    fault: CallFault | null,
    answer: (outcome: Outcome<T>) => void,
  ): void {
    const scheduler = this.#scheduler;
    const sentMs = scheduler.nowMs;
    const delay = this.#delayMs(count);
    const slow = fault === 'slow' || fault === 'late' ? Math.min(delay * 400, longestFlightMs - 1) : delay;
    const flight: Flight = { call, actor, landed: false, land: () => undefined };
    let outcome: Outcome<T> | null = null;
    flight.land = () => {
      if (flight.landed) return;
      flight.landed = true;
      this.#flying.delete(flight);
      if (fault === 'before') return this.#tell(actor, call, 'never arrives');
      if (fault === 'part') {
        call.part?.();
        return this.#tell(actor, call, 'arrives in part');
      }
      if (fault === 'late' && call.reads) return;
      this.landing = { actor, fault, sentMs };
      const once = attempt(call.effect);
      outcome = fault === 'twice' && !isViolation(once) ? attempt(call.effect) : once;
      this.landing = null;
      this.#tell(actor, call, landing(fault, outcome));
      // Not for the worker to catch.
      if (isViolation(outcome)) throw outcome.error;
      if (!call.reads) this.onWrite?.(actor, true);
    };
    this.#flying.add(flight);
    if (!call.reads) this.onWrite?.(actor, false);
    const answered = (): void => {
      const failed = fault !== null && fault !== 'slow' && fault !== 'twice';
      const result: Outcome<T> =
        failed || outcome === null ? { ok: false, error: call.broken(fault ?? 'cut off') } : outcome;
      answer(result);
    };
    scheduler.at(sentMs + slow, () => {
      flight.land();
      if (fault !== 'late')
        scheduler.resumeAt(actor, scheduler.nowMs + (fault === 'slow' ? slow / 3 : delay), answered);
      return undefined;
    });
    if (fault === 'late') scheduler.resumeAt(actor, sentMs + Math.min(delay * 4, slow), answered);
  }

  #tell(actor: Actor, call: Call<unknown>, how: string): void {
    if (this.tell === null || (call.reads && how === '')) return;
    this.tell(`${actor.name}: ${call.what()}${how === '' ? '' : ` (${how})`}`);
  }

  /** A server's connections break: of what is on its way, some arrives now, the rest never. */
  breakConnections(target: Target, arrives: () => boolean): void {
    const flights = [...this.#flying];
    for (const flight of flights) {
      if (flight.call.target !== target) continue;
      if (arrives()) flight.land();
      flight.landed = true;
      this.#flying.delete(flight);
    }
  }

  /** A process died: of what it had sent, some still arrives when it would have. */
  forget(actor: Actor, arrives: () => boolean): void {
    const flights = [...this.#flying];
    for (const flight of flights) {
      if (flight.actor !== actor || arrives()) continue;
      flight.landed = true;
      this.#flying.delete(flight);
    }
  }
}

function attempt<T>(effect: () => T): Outcome<T> {
  try {
    return { ok: true, value: effect() };
  } catch (error) {
    return { ok: false, error };
  }
}

function isViolation(outcome: Outcome<unknown>): outcome is { readonly ok: false; readonly error: Violation } {
  return !outcome.ok && outcome.error instanceof Violation;
}

function landing(fault: CallFault | null, outcome: Outcome<unknown>): string {
  const refused = outcome.ok ? '' : `refused: ${outcome.error instanceof Error ? outcome.error.message : ''}`;
  if (fault === null) return refused;
  const how = {
    before: '',
    after: 'the answer gets lost',
    late: 'late: the caller gave up',
    slow: 'slow',
    part: '',
    twice: 'sent twice',
  }[fault];
  return refused === '' ? how : `${how}; ${refused}`;
}
