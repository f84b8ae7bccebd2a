/**
 * Reads all partitions that are owned ahead of their workers: while a worker works, what comes next
 * is on its way. Brokers answer a connection's requests one after the other, and hold those for
 * which there is nothing; so partitions that are known to have more go another way than those at
 * whose end something is waited for.
 */
import type { Clock } from '@spanloom/span';
import type { Feed } from '../../own/partition.ts';
import type { Link } from '../client/link.ts';
import { createInbox, type Inbox } from './inbox.ts';
import { startPoller, type Poller } from './poller.ts';

/** How much is fetched at a time and held. The record of decisions has what was measured. */
export interface FetchSizes {
  /** At the end, a broker holds a request for this long where it has less than `minBytes` of all its partitions. */
  readonly maxWaitMs: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly maxBytesPerPartition: number;
  /** A partition whose worker is behind is fetched while it holds less than this. */
  readonly aheadBytes: number;
}

export const FETCH_SIZES: FetchSizes = {
  maxWaitMs: 200,
  minBytes: 256 * 1024,
  maxBytes: 4 * 1024 * 1024,
  maxBytesPerPartition: 1024 * 1024,
  aheadBytes: 1024 * 1024,
};

export interface FetcherOptions {
  /** For what there is, and for what is to come. */
  readonly links: { readonly behind: Link; readonly atEnd: Link };
  readonly topic: string;
  readonly clock: Clock;
  readonly sizes: FetchSizes;
  /** When a worker is told that there is nothing. */
  readonly idleMs: number;
  /** Rejects, not retryably, where the topic was deleted and made again. */
  readonly verify: () => Promise<void>;
}

export interface Fetcher {
  open(partition: number): Feed;
  /** Resolves when no request is in progress any more. */
  close(): Promise<void>;
}

export function createFetcher(options: FetcherOptions): Fetcher {
  const { clock, sizes, idleMs, links } = options;
  const inboxes = new Map<number, Inbox>();
  const hasRoom = (inbox: Inbox): boolean => inbox.end >= 0 && inbox.failure === null && inbox.bytes < sizes.aheadBytes;
  const pollers: readonly Poller[] = [
    startPoller({
      ...options,
      ...sizes,
      link: links.behind,
      maxWaitMs: 0,
      wanting: () => wanting(true),
      onDelivered: wake,
    }),
    startPoller({ ...options, ...sizes, link: links.atEnd, wanting: () => wanting(false), onDelivered: wake }),
  ];

  function wanting(behind: boolean): Inbox[] {
    return [...inboxes.values()].filter((inbox) => inbox.behind === behind && hasRoom(inbox));
  }

  function wake(): void {
    for (const poller of pollers) poller.wake();
  }

  function open(partition: number): Feed {
    const inbox = createInbox(partition);
    inboxes.set(partition, inbox);
    return {
      async next(position, signal) {
        if (inbox.seek(position)) wake();
        while (!signal.aborted) {
          const wasFull = !hasRoom(inbox);
          const records = inbox.take();
          if (records.length > 0) {
            if (wasFull) wake();
            return records;
          }
          if (inbox.failure !== null) throw inbox.failure;
          const arrival = inbox.arrival();
          signal.addEventListener('abort', inbox.wake);
          await clock.sleep(idleMs, arrival);
          signal.removeEventListener('abort', inbox.wake);
          if (!arrival.aborted) return [];
        }
        return [];
      },
      close() {
        if (inboxes.get(partition) === inbox) inboxes.delete(partition);
      },
    };
  }

  return {
    open,
    async close() {
      await Promise.all(pollers.map((poller) => poller.close()));
    },
  };
}
