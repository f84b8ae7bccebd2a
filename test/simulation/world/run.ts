import { LateWatch, type PartitionOptions as AssemblerOptions, partitionAssembler } from '@spanloom/assembler/testing';
import type { StreamCut, Topic } from '@spanloom/log';
import { type PartitionOptions as SinkOptions, partitionSink } from '@spanloom/sink/testing';
import { type Clock, defaultNameLimits } from '@spanloom/span';
import { batchTables } from '@spanloom/store';

import { Checks } from '../check/checks.ts';
import type { Limits } from '../check/oracle.ts';
import { Violation } from '../check/violation.ts';
import { type BufferBugs, SimulatedBuffer } from '../ports/buffer.ts';
import { SimulatedLog } from '../ports/log.ts';
import { SimulatedStore } from '../ports/store.ts';
import { type Plan, blackoutMs } from '../plan/plan.ts';
import { startMs } from '../plan/shapes.ts';
import { Network } from './calls.ts';
import type { FaultyCall, TimedFault } from './faults.ts';
import { Group, type Member, sessionMs } from './group.ts';
import { Draws, Purpose } from './random.ts';
import { type Actor, Scheduler } from './scheduler.ts';

/** Short enough that a trace ages within a run. */
export const limits: Limits = { settleMs: 1500, quietMs: 4000, maxAgeMs: 6000, maxSpans: 12, maxBytes: 3000 };
/** The leader of the log changes this often. */
const leaderMs = 3500;
/** From the last fault on, everything must be stored within so much virtual time. */
const restMs = 180_000;
/** An hour without traffic alone takes 60,000: idle workers look around several times a second. */
const maxSteps = 200_000;

/** Deliberate faults that are not in the product's code but around it. */
export interface Bugs extends BufferBugs {
  readonly leaseGraceMs: number;
}

export const noBugs: Bugs = { ignoresOwner: false, trustsWithoutSum: false, leaseGraceMs: 0 };

/** What became of a run. */
export interface Outcome {
  /** The promise that was broken, or null. */
  readonly violation: string | null;
  readonly steps: number;
  readonly virtualMs: number;
  readonly chunks: number;
  readonly happened: ReadonlyMap<string, number>;
  /** The calls that met a fault. */
  readonly faulty: readonly FaultyCall[];
}

/** Runs a plan to its end, or to the first promise that is broken. `tell` gets a line for each step that matters. */
export async function run(
  plan: Plan,
  bugs: Bugs = noBugs,
  tell: ((line: string) => void) | null = null,
): Promise<Outcome> {
  const world = new World(plan, bugs, tell);
  let violation: string | null = null;
  try {
    await world.live();
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    violation = error.message;
  }
  return {
    violation,
    steps: world.scheduler.steps,
    virtualMs: world.scheduler.nowMs - startMs,
    chunks: world.checks.chunks,
    happened: world.network.happened,
    faulty: world.network.faulty,
  };
}

class World {
  readonly scheduler: Scheduler = new Scheduler(startMs);
  readonly network: Network;
  readonly checks: Checks;
  readonly #plan: Plan;
  readonly #log: SimulatedLog;
  readonly #buffer: SimulatedBuffer;
  readonly #store: SimulatedStore;
  readonly #groups: Readonly<Record<'assembler' | 'sink', Group>>;
  readonly #draws: Draws;
  #fullUntilMs = 0;
  /** Faults that wait for a write to strike at. */
  readonly #armed: { readonly event: TimedFault; skip: number }[] = [];
  #violation: Violation | null = null;

  constructor(plan: Plan, bugs: Bugs, tell: ((line: string) => void) | null) {
    const { scheduler } = this;
    this.#plan = plan;
    this.#draws = new Draws(plan.seed, Purpose.group);
    this.network = new Network(scheduler, plan.faults);
    if (tell !== null)
      this.network.tell = (line) => tell(`${((scheduler.nowMs - startMs) / 1000).toFixed(3).padStart(9)} s  ${line}`);
    this.#log = new SimulatedLog(scheduler, this.network, () => this.#draws.int(1, plan.settings.portion));
    this.#log.behindMs = () => (Math.floor(scheduler.nowMs / leaderMs) % 2 === 0 ? 0 : plan.settings.behindMs);
    this.#buffer = new SimulatedBuffer(this.network, bugs);
    this.#store = new SimulatedStore(scheduler, this.network, plan.settings.tokenMs);
    this.#buffer.isFull = () => scheduler.nowMs < this.#fullUntilMs;
    const { refusal } = plan.settings;
    if (refusal !== null) {
      this.#store.refuses = (table, batch) =>
        table === batchTables[refusal.table] && batch.fragments.some((row) => row.traceId === refusal.traceId);
    }
    this.checks = new Checks(this.#log, this.#store, limits, {
      isStray: () => this.#isStray(),
      isLate: () => this.network.landing?.fault === 'late',
    });
    this.#groups = { assembler: this.#assemblers(bugs), sink: this.#sinks(bugs) };
  }

  /** What goes wrong inside an event is thrown where events are run. */
  async live(): Promise<void> {
    for (const { atMs, chunk, again } of this.#plan.sent) {
      const append = (): undefined => {
        const { offset } = this.#log.put('spans', [{ key: chunk.key, value: chunk.value }]);
        this.network.tell?.(`a producer appends chunk ${offset} of trace ${chunk.traceId.slice(-6)}`);
        return undefined;
      };
      this.scheduler.at(atMs, append);
      if (again) this.scheduler.at(atMs + 40, append);
    }
    for (const event of this.#plan.faults.events) this.scheduler.at(event.atMs, () => this.#begin(event));
    this.network.onWrite = (actor, arrived) => this.#wrote(actor, arrived);
    for (const group of Object.values(this.#groups)) group.assignLater(0);
    const { calmAtMs } = this.#plan.settings;
    this.scheduler.at(calmAtMs, () => this.#calmDown());
    const lastMs = Math.max(calmAtMs, this.#plan.sent.at(-1)?.atMs ?? 0);
    while (this.scheduler.nowMs <= lastMs || !this.checks.quiet()) {
      if (this.scheduler.nowMs > lastMs + restMs || this.scheduler.steps > maxSteps) {
        this.checks.final();
        throw new Violation('it never comes to rest');
      }
      await this.scheduler.step();
      this.#rethrow();
    }
    // What a zombie had sent may still arrive.
    const endMs = this.scheduler.nowMs + 2000;
    while (this.scheduler.nowMs < endMs) {
      await this.scheduler.step();
      this.#rethrow();
    }
    this.checks.final();
  }

  #isStray(): boolean {
    const { landing } = this.network;
    if (landing === null || landing.fault === 'late' || landing.fault === 'twice') return true;
    const { owner, ownedSinceMs } = this.#groups.assembler;
    // Who was given the partition again may still wait for what it sent when it last had it.
    return !landing.actor.alive || owner !== landing.actor || landing.sentMs < ownedSinceMs;
  }

  /** Observers must not throw: what they see wrong is thrown where events are run. */
  #bounded(check: () => void): void {
    try {
      check();
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      this.#violation ??= error;
    }
  }

  #rethrow(): void {
    if (this.#violation !== null) throw this.#violation;
  }

  #clock(member: Member): Clock {
    return {
      now: () => Math.floor(this.scheduler.nowMs + member.skewMs),
      sleep: () => Promise.reject(new Error('no worker sleeps')),
    };
  }

  #assemblers(bugs: Bugs): Group {
    const nothing = (): void => undefined;
    const observer = (member: Member, began = { offset: 0 }): AssemblerOptions['observer'] => ({
      claimed: (_, { rebuilt, from }) => {
        began.offset = from;
        this.network.tell?.(`  it begins at ${from}${rebuilt ? ', the buffer has nothing to use' : ''}`);
      },
      expired: (_, from, to) => this.network.tell?.(`  ${from} to ${to} of spans expired unread`),
      closed: (reason) => this.network.count(`closed ${reason}`),
      late: nothing,
      deadLetter: nothing,
      pressure: nothing,
      open: (_, open) => {
        if (open.traces > this.#plan.sent.length || open.spans < 0 || open.bytes < 0)
          this.#violation ??= new Violation('more traces are open than there are');
        // Who lost the partition while it waited for an answer knows less than there is.
        if (this.#groups.assembler.owner === member)
          this.#bounded(() => this.checks.assemblerRemembers(open, began.offset));
      },
      released: nothing,
      retry: nothing,
    });
    return this.#group(
      'assembler',
      'spans',
      bugs,
      (member) => (lease) =>
        partitionAssembler(
          {
            log: this.#log.port(member),
            buffer: this.#buffer.port(member),
            limits,
            cut: this.#cut(),
            clock: this.#clock(member),
            observer: observer(member),
            late: new LateWatch(),
          },
          lease,
        ),
    );
  }

  #cut(): StreamCut {
    return { intervalMs: 1000, maxSpans: this.#plan.settings.cutSpans, maxBytes: 1e9, staggered: true };
  }

  #sinks(bugs: Bugs): Group {
    const nothing = (): void => undefined;
    const observer = (member: Member): SinkOptions['observer'] => ({
      claimed: (_: number, position: number) => this.network.tell?.(`  it begins at ${position}`),
      expired: (_: number, from: number, to: number) => this.checks.expiredTraces(from, to),
      stored: ({ strippedChunks, lateFragments, seenRanges }: Parameters<SinkOptions['observer']['stored']>[0]) => {
        // Who lost the partition while it waited for an answer knows less than there is.
        if (this.#groups.sink.owner === member) this.#bounded(() => this.checks.sinkRemembers(seenRanges));
        if (strippedChunks > 0) this.network.count('batch with stripped chunks');
        if (lateFragments > 0) this.network.count('batch with late fragments');
      },
      folded: nothing,
      deadLetter: nothing,
      released: nothing,
      retry: nothing,
    });
    return this.#group(
      'sink',
      'traces',
      bugs,
      (member) => (lease) =>
        partitionSink(
          {
            log: this.#log.port(member),
            store: this.#store.port(member),
            cut: this.#cut(),
            names: defaultNameLimits,
            clock: this.#clock(member),
            observer: observer(member),
          },
          lease,
        ),
    );
  }

  #group(
    name: 'assembler' | 'sink',
    topic: Topic,
    bugs: Bugs,
    make: (member: Member) => (lease: Parameters<typeof partitionSink>[1]) => ReturnType<typeof partitionSink>,
  ): Group {
    const { scheduler, network } = this;
    return new Group({
      name,
      topic,
      scheduler,
      network,
      log: this.#log,
      draws: this.#draws,
      worker: (lease, member) => make(member)(lease),
      leaseGraceMs: bugs.leaseGraceMs,
      crashed: (member, error) => {
        this.#violation ??=
          error instanceof Violation
            ? error
            : new Violation(
                `${member.name} dies: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
              );
      },
    });
  }

  #begin(event: TimedFault): undefined {
    if (event.atWrite === null) return this.#strike(event);
    this.#armed.push({ event, skip: event.atWrite.skip });
    return undefined;
  }

  #wrote(actor: Actor, arrived: boolean): void {
    for (const [i, armed] of this.#armed.entries()) {
      const { event } = armed;
      if (event.atWrite?.arrived !== arrived || !actor.name.startsWith(event.group) || armed.skip-- > 0) continue;
      this.#armed.splice(i, 1);
      this.#strike(event);
      return;
    }
  }

  #strike(event: TimedFault): undefined {
    if (this.network.calm) return undefined;
    const { kind, amount } = event;
    const group = this.#groups[event.group];
    const draws = this.#draws;
    this.network.count(kind);
    this.network.tell?.(
      `** ${kind}${['kill', 'pause', 'evict', 'rebalance', 'uncommit', 'rewind'].includes(kind) ? ` ${event.group}` : ''} (${amount.toFixed(2)})`,
    );
    switch (kind) {
      case 'kill': {
        const member = group.owner ?? draws.pick(group.members);
        if (member !== undefined && member !== null) this.#kill(group, member, amount * sessionMs);
        break;
      }
      case 'pause':
        this.#pause(group, amount);
        break;
      case 'evict':
        group.evict();
        break;
      case 'rebalance':
        group.rebalance(amount < 0.5);
        break;
      case 'wipe':
        this.#buffer.wipe();
        break;
      case 'rollback':
        this.#buffer.rollBack(amount);
        break;
      case 'vanish':
        this.#buffer.lose(amount);
        break;
      case 'full':
        this.#fullUntilMs = this.scheduler.nowMs + amount * 3000;
        break;
      case 'outage':
        this.network.breakConnections('store', () => draws.chance(0.5));
        this.#store.forgetTokens();
        break;
      case 'rewind': {
        const all = this.#log.commits.get(event.group) ?? [];
        const stale = all[Math.floor(amount * all.length)];
        if (stale !== undefined) this.#log.setCommitted(event.group, stale);
        break;
      }
      case 'uncommit':
        this.#log.commits.delete(event.group);
        break;
      case 'blackout':
        this.#goBlack(amount);
        break;
    }
    return undefined;
  }

  #kill(group: Group, member: Member, restartMs: number): void {
    this.network.forget(member, () => this.#draws.chance(0.5));
    group.kill(member, restartMs);
  }

  /** A process stands still; beyond the session the group goes on without it, and it comes back as a zombie. */
  #pause(group: Group, amount: number): void {
    const { scheduler } = this;
    const member = group.owner;
    if (member === null) return;
    member.pausedUntilMs = scheduler.nowMs + amount * amount * 40_000;
    scheduler.at(scheduler.nowMs + sessionMs, () => {
      if (group.owner === member && member.pausedUntilMs > scheduler.nowMs) group.evict();
      return undefined;
    });
  }

  /**
   * Everything but the log is off, or asleep with its memory, for long; what is left of the log then
   * depends on its retention.
   */
  #goBlack(amount: number): void {
    const { scheduler } = this;
    const onAtMs = scheduler.nowMs + blackoutMs(amount);
    const asleep = (amount * 100) % 1 < 0.5;
    for (const group of Object.values(this.#groups)) {
      if (asleep) for (const member of group.members) member.pausedUntilMs = onAtMs;
      else {
        group.off = true;
        for (const member of group.members) this.#kill(group, member, 0);
      }
    }
    scheduler.at(onAtMs, () => {
      for (const topic of ['spans', 'traces'] as const)
        this.#log.expire(topic, onAtMs - this.#plan.settings.retentionMs);
      for (const group of Object.values(this.#groups)) {
        group.off = false;
        group.assignLater(1);
      }
      return undefined;
    });
  }

  #calmDown(): undefined {
    this.network.calm = true;
    this.#fullUntilMs = 0;
    for (const group of Object.values(this.#groups)) for (const member of group.members) member.pausedUntilMs = 0;
    return undefined;
  }
}
