/** Takes part in a group until told to leave: joins, listens, hands partitions to their workers, joins again. */
import type { Clock } from '@spanloom/span';
import type { JoinOptions, Membership } from '../../port.ts';
import type { Feed } from '../../own/partition.ts';
import { toLogError } from '../client/errors.ts';
import type { Link } from '../client/link.ts';
import { createMember, type Heard } from './member.ts';
import { createOwned } from './owned.ts';
import { createTenure } from './tenure.ts';

/** What others notice when members come and go; each heartbeat costs a member and the broker well below a millisecond. */
const HEARTBEAT_MS = 300;
const PAUSE_MS = 100;

export interface MembershipOptions {
  readonly join: JoinOptions;
  readonly clock: Clock;
  /** Of its own: a broker answers nothing else on a connection while a join waits for others. */
  readonly link: Link;
  /** The name of the group and of the topic in Kafka. */
  readonly group: string;
  readonly topic: string;
  readonly partitions: number;
  readonly sessionMs: number;
  readonly rebalanceMs: number;
  readonly openFeed: (partition: number) => Feed;
  /** Called with each new assignment, before work begins. Rejects where the topics were made anew. */
  readonly verify: () => Promise<void>;
  readonly onWarning: (message: string) => void;
}

export function startMembership(options: MembershipOptions): Membership {
  const { join, clock, sessionMs } = options;
  const heartbeatMs = Math.min(HEARTBEAT_MS, sessionMs / 5);
  const tenure = createTenure({ clock, sessionMs, rebalanceMs: options.rebalanceMs });
  const member = createMember(options);
  const leaving = new AbortController();
  let failure: Error | null = null;
  /** What was told last: an outage is told once, not three times a second. */
  let told = '';
  const owned = createOwned({
    join,
    clock,
    tenure,
    openFeed: options.openFeed,
    commit: (partition, offset, metadata) => member.commit(partition, offset, metadata, tenure),
    onFailure(error) {
      // One partition without an owner is a pipeline that stands still: all end, and ended tells.
      fail(error);
      leaving.abort();
    },
  });

  /** The first failure is why it ends. */
  function fail(error: unknown): void {
    failure ??= error instanceof Error ? error : new Error(String(error));
  }

  function warn(message: string): void {
    if (message !== told) options.onWarning(message);
    told = message;
  }

  /** Tries until it succeeds or fails for good; an outage of the brokers may take its time. */
  async function persist<T>(what: string, attempt: () => Promise<T>): Promise<T | null> {
    for (let pauseMs = PAUSE_MS; !leaving.signal.aborted; pauseMs = Math.min(pauseMs * 2, 10 * PAUSE_MS)) {
      try {
        return await attempt();
      } catch (error) {
        const failed = toLogError(what, error);
        if (!failed.retryable) throw failed;
        warn(failed.message);
        await clock.sleep(pauseMs, leaving.signal);
      }
    }
    return null;
  }

  /** Sends one heartbeat. Null where nobody answered. */
  async function beat(): Promise<Heard | null> {
    const sentAtMs = clock.now();
    try {
      const heard = await member.heartbeat();
      told = '';
      if (heard === 'steady') tenure.answered(sentAtMs);
      if (heard === 'changing') {
        tenure.changing();
        tenure.answered(sentAtMs);
      }
      if (heard === 'unknown') tenure.end();
      return heard;
    } catch (error) {
      const failed = toLogError(`A heartbeat of ${options.group}`, error);
      if (!failed.retryable) throw failed;
      warn(failed.message);
      return null;
    }
  }

  /** Resolves when members changed, or it is time to leave. */
  async function listen(): Promise<void> {
    while (!leaving.signal.aborted) {
      await clock.sleep(heartbeatMs, leaving.signal);
      const heard = await beat();
      if (heard === 'changing' || heard === 'unknown') return;
    }
  }

  /** Goes on sending heartbeats while something else is awaited: the lease goes on for as long as it may. */
  async function listenWhile(work: Promise<void>, untilMs: () => number): Promise<void> {
    const over = new AbortController();
    const done = work.finally(() => over.abort());
    while (!over.signal.aborted && clock.now() < untilMs()) {
      await clock.sleep(Math.min(heartbeatMs, Math.max(untilMs() - clock.now(), 1)), over.signal);
      if (!over.signal.aborted && tenure.untilMs > clock.now()) await beat();
    }
    if (over.signal.aborted) await done;
    else done.catch(() => undefined);
  }

  /** Lets the calls in progress end, but not for longer than others would wait for us. */
  async function drain(): Promise<void> {
    const startedMs = clock.now();
    // An answer to the join takes its time, too.
    const latestMs = (): number => Math.min(startedMs + options.rebalanceMs, tenure.untilMs) - heartbeatMs;
    // Without a lease a call cannot write, but one that is about to end need not fail.
    await listenWhile(owned.pause(), () => Math.max(latestMs(), startedMs + PAUSE_MS));
    owned.abandon();
    tenure.end();
  }

  async function takePart(): Promise<void> {
    const assignment = await persist(`Joining ${options.group}`, () => member.join());
    if (assignment === null) return;
    await persist(`Verifying ${options.topic}`, options.verify);
    // The first one that is answered in this generation: until then nobody knows how long it lasts.
    const first = await persist(`A heartbeat of ${options.group}`, async () => {
      const sentAtMs = clock.now();
      return { sentAtMs, heard: await member.heartbeat() };
    });
    if (first?.heard !== 'steady') return;
    tenure.begin(assignment.generation, first.sentAtMs);
    owned.resume(assignment.partitions);
    await listen();
    if (!leaving.signal.aborted) await drain();
  }

  async function run(): Promise<void> {
    try {
      while (!leaving.signal.aborted) await takePart();
    } catch (error) {
      fail(error);
    }
    leaving.abort();
    const closed = owned.close();
    await listenWhile(closed, () => Number.POSITIVE_INFINITY).catch(fail);
    await closed;
    tenure.end();
    await member.leave().catch((error: unknown) => options.onWarning(toLogError('Leaving', error).message));
    await options.link.close();
    if (failure !== null) throw failure;
  }

  const ended = run();
  const over = ended.catch(() => undefined);
  return {
    ended,
    async leave() {
      leaving.abort();
      await over;
    },
  };
}
