import type { Log, Membership, StreamCut } from '@spanloom/log';
import type { Clock, NameLimits } from '@spanloom/span';
import type { SinkStore } from '@spanloom/store';

import type { SinkObserver } from './observer.ts';
import { partitionSink } from './partition.ts';

export interface SinkOptions {
  readonly log: Log;
  readonly store: SinkStore;
  /** A property of the stream: every sink of it must use the same. */
  readonly cut: StreamCut;
  readonly names: NameLimits;
  readonly clock: Clock;
  readonly observer: SinkObserver;
}

/** The consumer group that sinks form. Its commits only show the lag: the position is in ClickHouse. */
const sinkGroup = 'sink';

/** How often an idle partition looks whether a batch without rows is to be recorded. */
const idleMs = 500;

/** Writes finished traces and their figures to ClickHouse: owns partitions of `traces`. */
export interface Sink {
  start(): Promise<void>;
  /** Rejects when the sink died: the process must exit. Resolves after `stop`. */
  ended(): Promise<void>;
  /** Ends after the batch at hand. */
  stop(): Promise<void>;
}

export function createSink(options: SinkOptions): Sink {
  let membership: Membership | null = null;
  return {
    async start() {
      membership = await options.log.join({
        group: sinkGroup,
        topic: 'traces',
        worker: (lease) => partitionSink(options, lease),
        idleMs,
        onRetry: (partition, error) => {
          options.observer.retry(partition, error);
        },
      });
    },
    ended: () => membership?.ended ?? Promise.resolve(),
    async stop() {
      await membership?.leave();
    },
  };
}
