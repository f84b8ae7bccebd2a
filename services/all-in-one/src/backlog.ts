import type { EmbeddedLog, Topic } from '@spanloom/log';
import type { Clock } from '@spanloom/span';

/** How much of a partition of a topic waits for its reader. */
export interface Backlog {
  readonly low: number;
  readonly high: number;
  /** The first offset that its reader has not dealt with. */
  readonly next: number;
}

/** Backlogs grow by some MB between two looks at most. */
const lookMs = 1000;
/** From this share of its limit on, the log forgets before long. */
const nearlyFull = 0.8;
/** And what it forgets first would be unread once this share of it waits. */
const mostlyWaiting = 0.5;

/**
 * Why nothing more may be taken in, or null: the log would let go of what nobody has read yet.
 * Telling senders to come back is then the only way not to lose what was acknowledged.
 */
export function refusal(backlogs: readonly Backlog[], keptBytes: number, limitBytes: number): string | null {
  if (keptBytes < nearlyFull * limitBytes) return null;
  const waiting = Math.max(
    0,
    ...backlogs.map(({ low, high, next }) => (high - Math.max(low, next)) / Math.max(1, high - low)),
  );
  if (waiting < mostlyWaiting) return null;
  return `The log is nearly full and ${Math.round(waiting * 100)} % of it waits to be stored; send again later.`;
}

/** Reads the backlogs of `spans` and `traces` in all partitions. */
async function readBacklogs(log: EmbeddedLog): Promise<Backlog[]> {
  const readers: readonly [Topic, string][] = [
    ['spans', 'assembler'],
    ['traces', 'sink'],
  ];
  const backlogs: Backlog[] = [];
  for (const [topic, group] of readers) {
    for (let partition = 0; partition < log.stream.partitions; partition++) {
      const { low, high } = await log.bounds(topic, partition);
      const committed = await log.committed(group, topic, partition);
      backlogs.push({ low, high, next: committed?.offset ?? low });
    }
  }
  return backlogs;
}

/** Looks at the backlog of an embedded log once a second. */
export interface BacklogWatch {
  /** Why nothing more may be taken in, or null. */
  refusal(): string | null;
  start(): void;
  stop(): Promise<void>;
}

export function watchBacklog(log: EmbeddedLog, limitBytes: number, clock: Clock): BacklogWatch {
  const stopping = new AbortController();
  let reason: string | null = null;
  let watching = Promise.resolve();

  async function watch(): Promise<void> {
    while (!stopping.signal.aborted) {
      reason = refusal(await readBacklogs(log), log.keptBytes(), limitBytes);
      await clock.sleep(lookMs, stopping.signal);
    }
  }

  return {
    refusal: () => reason,
    start() {
      watching = watch();
    },
    async stop() {
      stopping.abort();
      await watching;
    },
  };
}
