import type { Lease, LogRecord, PartitionWorker, Topic } from '@spanloom/log';
import { LeaseLostError, OutOfRangeError } from '@spanloom/log';

import type { SimulatedLog } from '../ports/log.ts';
import type { Network } from './calls.ts';
import type { Draws } from './random.ts';
import type { Actor, Scheduler } from './scheduler.ts';

/** A member that answers no heartbeat for this long loses its partition. */
export const sessionMs = 10_000;

export interface GroupOptions {
  readonly name: 'assembler' | 'sink';
  readonly topic: Topic;
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly log: SimulatedLog;
  readonly draws: Draws;
  readonly worker: (lease: Lease, actor: Member) => PartitionWorker;
  /** A deliberate fault: a lease that goes on for so long after it was lost. */
  readonly leaseGraceMs: number;
  readonly crashed: (member: Member, error: unknown) => void;
}

/** A process with a worker of the group, or with none at present. */
export class Member implements Actor {
  readonly name: string;
  alive = true;
  pausedUntilMs = 0;
  /** `lost`: the group has given its partition away, and it may not know yet. */
  state: 'owner' | 'lost' | 'none' = 'none';
  /** When its lease ended. */
  lostMs = 0;
  /** The group changed and the partition came back. */
  resumeDue = false;
  /** The member that it is to give its partition to after the call at hand. */
  successor: Member | null = null;
  /** Of this machine's clock. */
  readonly skewMs: number;
  holdsWorker = false;
  /** In a call of its worker, from before it lost the partition perhaps. */
  calling = false;
  /** Ends the lease of its worker for good. */
  revoke: () => void = () => undefined;
  unpark: (() => void) | null = null;
  wake: (() => void) | null = null;

  constructor(name: string, skewMs: number) {
    this.name = name;
    this.skewMs = skewMs;
  }
}

/** A consumer group with one partition: who owns it, who thinks so, and what each is called for. */
export class Group {
  readonly #options: GroupOptions;
  readonly members: Member[] = [];
  owner: Member | null = null;
  /** When the owner was given the partition. */
  ownedSinceMs = 0;
  #started = 0;
  #assigning = false;
  /** Whom the last owner was to give the partition to. */
  #next: Member | null = null;
  /** Nobody is started while the machines are off. */
  off = false;

  constructor(options: GroupOptions) {
    this.#options = options;
    options.log.onAppend = chained(options.log.onAppend, (topic) => {
      if (topic === options.topic) for (const member of this.members) member.wake?.();
    });
  }

  /** Gives the partition to some member, after a while. */
  assignLater(afterMs: number): void {
    if (this.#assigning) return;
    this.#assigning = true;
    const { scheduler } = this.#options;
    scheduler.at(scheduler.nowMs + afterMs, () => {
      this.#assigning = false;
      return this.owner !== null || this.off ? undefined : this.#grant(this.#candidate());
    });
  }

  kill(member: Member, restartMs: number): void {
    member.alive = false;
    if (this.owner !== member) return;
    this.#release(member);
    this.assignLater(restartMs);
  }

  /** The group hears nothing of the owner any more; the owner does not know. */
  evict(): void {
    const { owner } = this;
    if (owner === null) return;
    this.#release(owner);
    this.assignLater(this.#options.draws.between(0, 300));
  }

  /** The group forms anew. The owner finishes the call at hand; then the partition stays or moves. */
  rebalance(stays: boolean): void {
    const { owner } = this;
    if (owner === null) return;
    if (stays) owner.resumeDue = true;
    else this.#handOver(owner, this.#candidate());
  }

  #release(member: Member): void {
    member.state = 'lost';
    member.lostMs = this.#options.scheduler.nowMs;
    this.#next = member.successor;
    member.successor = null;
    member.resumeDue = false;
    this.owner = null;
    this.#options.network.tell?.(`${member.name} loses its lease`);
  }

  #candidate(): Member {
    const { draws, scheduler } = this.#options;
    const next = this.#next;
    this.#next = null;
    if (next?.alive === true && next !== this.owner) return next;
    const awake = this.members.filter((member) => member.alive && member.pausedUntilMs <= scheduler.nowMs);
    const waits = awake.find((member) => member.state === 'lost' && member.unpark !== null && member.holdsWorker);
    if (waits !== undefined && draws.chance(0.5)) return waits;
    const idle = awake.filter((member) => member.state === 'none');
    return (draws.chance(0.7) ? draws.pick(idle) : undefined) ?? this.#start();
  }

  #start(): Member {
    const { name, draws, scheduler } = this.#options;
    const member = new Member(`${name} ${++this.#started}`, draws.between(-1500, 1500));
    for (let i = this.members.length - 1; i >= 0; i--) if (this.members[i]?.alive === false) this.members.splice(i, 1);
    this.members.push(member);
    scheduler.resumeAt(member, scheduler.nowMs, () => void this.#drive(member));
    return member;
  }

  #grant(member: Member): (() => void) | undefined {
    // A call that outlasted the loss is not the new owner's: its worker ends with it.
    if (member.calling) member.revoke();
    this.owner = member;
    this.ownedSinceMs = this.#options.scheduler.nowMs;
    member.state = 'owner';
    member.successor = null;
    if (member.holdsWorker) member.resumeDue = true;
    this.#options.network.tell?.(`${member.name} is given the partition`);
    this.#unpark(member);
    return undefined;
  }

  #unpark(member: Member): void {
    const { unpark } = member;
    member.unpark = null;
    if (unpark !== null) this.#options.scheduler.resumeAt(member, this.#options.scheduler.nowMs, unpark);
  }

  /** The owner drains; if that takes longer than the session, it loses the partition instead. */
  #handOver(from: Member, to: Member): void {
    const { scheduler } = this.#options;
    from.successor = to;
    from.wake?.();
    scheduler.at(scheduler.nowMs + sessionMs, () => {
      if (this.owner !== from || from.successor !== to) return undefined;
      this.#release(from);
      this.assignLater(0);
      return undefined;
    });
  }

  /** A member that lost its partition has noticed, and asks to take part again. */
  #rejoin(member: Member): void {
    const { draws } = this.#options;
    const owner = this.owner;
    if (member.holdsWorker && (owner === null || draws.chance(0.5))) {
      if (owner === null && !this.off) return void this.#grant(member);
      if (owner !== null && owner.successor === null) return this.#handOver(owner, member);
    }
    member.state = 'none';
    this.#unpark(member);
  }

  async #drive(member: Member): Promise<void> {
    const { scheduler } = this.#options;
    let backoffMs = 100;
    for (;;) {
      if (member.state === 'lost') member.state = 'none';
      if (member.state === 'none') {
        await scheduler.wait<void>((resolve) => (member.unpark = resolve));
        continue;
      }
      const worker = this.#options.worker(this.#lease(member), member);
      member.holdsWorker = true;
      member.resumeDue = false;
      try {
        await this.#feed(member, worker, () => (backoffMs = 100));
        await worker.close();
      } catch (error) {
        await worker.close();
        member.holdsWorker = false;
        if (!isRetryable(error)) {
          this.#options.crashed(member, error);
          this.kill(member, 1000);
          scheduler.endTurn();
          return;
        }
        this.#options.network.tell?.(`${member.name} fails: ${String(error)}`);
        await this.#sleep(member, backoffMs, false);
        backoffMs = Math.min(2 * backoffMs, 5000);
      }
      member.holdsWorker = false;
    }
  }

  /** Calls the worker until the partition goes to another member. */
  async #feed(member: Member, worker: PartitionWorker, progressed: () => void): Promise<void> {
    const { scheduler, log, topic, draws } = this.#options;
    const reader = log.port(member);
    const call = async <T>(run: () => Promise<T>): Promise<T> => {
      member.calling = true;
      try {
        return await run();
      } finally {
        member.calling = false;
      }
    };
    let position = await call(() => worker.open());
    for (;;) {
      if (member.state === 'owner' && member.successor !== null) {
        const to = member.successor;
        this.#release(member);
        this.#next = null;
        member.state = 'none';
        if (to.alive) this.#grant(to);
        else this.assignLater(0);
      }
      if (member.state === 'none') return;
      if (member.state === 'lost') {
        await scheduler.wait<void>((resolve) => {
          member.unpark = resolve;
          scheduler.at(
            scheduler.nowMs + (draws.chance(0.5) ? draws.between(0, 3000) : draws.between(3000, 20_000)),
            () => {
              if (member.alive && member.state === 'lost') this.#rejoin(member);
              return undefined;
            },
          );
        });
        continue;
      }
      if (member.resumeDue) {
        member.resumeDue = false;
        this.#options.network.count('resume');
        await call(() => worker.resume());
        continue;
      }
      let records: readonly LogRecord[];
      try {
        records = await reader.read(topic, 0, position);
      } catch (error) {
        // The client of the log tries a read again by itself.
        if (isRetryable(error) && !(error instanceof OutOfRangeError)) continue;
        throw error;
      }
      const mayWork = (): boolean => member.state === 'owner' && member.successor === null && !member.resumeDue;
      if (!mayWork()) continue;
      const last = records.at(-1);
      if (last !== undefined) {
        await call(() => worker.process(records));
        position = last.offset + 1;
        progressed();
        continue;
      }
      await this.#sleep(member, draws.between(200, 900), true);
      if (mayWork()) await call(() => worker.idle());
    }
  }

  async #sleep(member: Member, ms: number, untilAppend: boolean): Promise<void> {
    const { scheduler } = this.#options;
    await scheduler.wait<void>((resolve) => {
      let over = false;
      const end = (): void => {
        member.wake = null;
        if (!over) resolve();
        over = true;
      };
      scheduler.resumeAt(member, scheduler.nowMs + ms, () => {
        if (over) scheduler.endTurn();
        else end();
      });
      if (!untilAppend) return;
      member.wake = () => {
        member.wake = null;
        scheduler.resumeAt(member, scheduler.nowMs + 1, () => {
          if (over) scheduler.endTurn();
          else end();
        });
      };
    });
  }

  #lease(member: Member): Lease {
    const { log, name, scheduler, leaseGraceMs } = this.#options;
    let revoked = false;
    member.revoke = () => void (revoked = true);
    const live = (): boolean =>
      !revoked && (member.state === 'owner' || scheduler.nowMs - member.lostMs < leaseGraceMs);
    const check = (): void => {
      if (!live()) throw new LeaseLostError(0);
    };
    return {
      partition: 0,
      check,
      commit: async (offset, metadata) => {
        check();
        await log.commit(member, name, { offset, metadata }, () => !revoked && member.state === 'owner');
      },
    };
  }
}

function isRetryable(error: unknown): boolean {
  if (error instanceof OutOfRangeError) return error.offset < error.low;
  return error instanceof Error && 'retryable' in error && error.retryable === true;
}

function chained<A>(first: ((value: A) => void) | null, then: (value: A) => void): (value: A) => void {
  return (value) => {
    first?.(value);
    then(value);
  };
}
