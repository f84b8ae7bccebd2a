import type { WindowLimits } from '@spanloom/assembly';
import type { TraceBuffer } from '@spanloom/buffer';
import type { Log, Membership, StreamCut } from '@spanloom/log';
import type { Clock } from '@spanloom/span';

import { LateWatch } from './late-watch.ts';
import type { AssemblerObserver } from './observer.ts';
import { partitionAssembler } from './partition.ts';
import { assemblerGroup } from './recover.ts';

export interface AssemblerOptions {
  readonly log: Log;
  readonly buffer: TraceBuffer;
  readonly limits: WindowLimits;
  /** How `traces` is cut into batches; a property of the stream. */
  readonly cut: StreamCut;
  readonly clock: Clock;
  readonly observer: AssemblerObserver;
}

/** An idle partition looks this often whether a tick or a heartbeat is due. */
const idleMs = 200;

/** Turns chunks into whole traces: owns partitions of `spans`, writes `traces`. */
export interface Assembler {
  start(): Promise<void>;
  /** Rejects when the assembler died: the process must exit. Resolves after `stop`. */
  ended(): Promise<void>;
  /** Ends after the batch at hand. What is open is read again by the next owner. */
  stop(): Promise<void>;
}

export function createAssembler(options: AssemblerOptions): Assembler {
  const { log, observer } = options;
  const late = new LateWatch();
  let membership: Membership | null = null;
  return {
    async start() {
      membership = await log.join({
        group: assemblerGroup,
        topic: 'spans',
        worker: (lease) => partitionAssembler({ ...options, late }, lease),
        idleMs,
        onRetry: (partition, error) => {
          observer.retry(partition, error);
        },
      });
    },
    ended: () => membership?.ended ?? Promise.resolve(),
    async stop() {
      await membership?.leave();
    },
  };
}
