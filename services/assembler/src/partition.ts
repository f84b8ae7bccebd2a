import type { Closing, WindowLimits } from '@spanloom/assembly';
import { BufferError, BufferFullError, type BufferedChunk, type TraceBuffer } from '@spanloom/buffer';
import { type Lease, type Log, LogError, type LogRecord, type PartitionWorker, type StreamCut } from '@spanloom/log';
import type { Clock } from '@spanloom/span';

import { encodeMetadata } from './commit.ts';
import { type EmitOptions, emit, emitHeartbeat, watermarkOf } from './emit.ts';
import { Heartbeat } from './heartbeat.ts';
import type { LateWatch } from './late-watch.ts';
import { LiveChunk } from './live-chunk.ts';
import type { AssemblerObserver } from './observer.ts';
import { type Recovered, recover } from './recover.ts';
import { take } from './take.ts';

export interface PartitionOptions {
  readonly log: Log;
  readonly buffer: TraceBuffer;
  readonly limits: WindowLimits;
  /** How `traces` is cut into batches: the same for every reader and writer of the stream. */
  readonly cut: StreamCut;
  readonly clock: Clock;
  readonly observer: AssemblerObserver;
  readonly late: LateWatch;
}

/** Under pressure this part of the open traces goes, the oldest first. */
const pressureShare = 0.1;

/** An idle owner checks its claim this often: it is how a wiped buffer is noticed without traffic. */
const checkIntervalMs = 3000;

/** The owner of one partition of `spans`: claim, append, decide, emit, commit. */
export function partitionAssembler(options: PartitionOptions, lease: Lease): PartitionWorker {
  const { log, clock, observer, late } = options;
  const { cut } = options;
  const { partitions } = log.stream;
  const heartbeat = new Heartbeat({ cut, partition: lease.partition, partitions }, clock.now());
  let opened: Recovered | null = null;
  let checkedMs = clock.now();

  const state = (): Recovered => {
    if (opened === null) throw new Error('the partition was not opened');
    return opened;
  };
  const emitOptions = (): EmitOptions => ({ log, lease, state: state(), heartbeat, observer });

  async function buffer(chunks: readonly BufferedChunk[], applied: number, streamTimeMs: number): Promise<void> {
    lease.check();
    try {
      await state().claim.append(chunks, { applied, streamTimeMs });
      state().applied = applied;
    } catch (error) {
      if (!(error instanceof BufferFullError)) throw error;
      await relieve();
      await buffer(chunks, applied, streamTimeMs);
    }
  }

  /** Makes room in a full buffer. Stream time stands still meanwhile: nothing else would ever close. */
  async function relieve(): Promise<void> {
    const closings = state().window.closeOldest(Math.ceil(state().window.openTraces * pressureShare));
    if (closings.length === 0) {
      throw new BufferError(
        `The buffer of partition ${lease.partition} is full with no trace open: give it more memory.`,
      );
    }
    observer.pressure(lease.partition, closings.length);
    await finish(closings);
  }

  function decide(records: readonly LogRecord[], chunks: readonly BufferedChunk[]): Closing<LiveChunk>[] {
    const { window, frontier } = state();
    const closings: Closing<LiveChunk>[] = [];
    let next = 0;
    for (const record of records) {
      closings.push(...window.advance(record.appendTimeMs));
      const chunk = chunks[next];
      if (chunk?.offset !== record.offset) continue;
      next++;
      const lateMs = late.lateness(chunk.traceId, chunk.streamTimeMs);
      if (lateMs !== null) observer.late(chunk.traceId, lateMs);
      // Without its record: the bytes stay in the buffer.
      closings.push(...window.add(new LiveChunk(window.idOf(chunk.traceId), chunk.index, frontier.add(chunk))));
    }
    return closings;
  }

  async function finish(closings: readonly Closing<LiveChunk>[]): Promise<void> {
    await emit(emitOptions(), closings);
    for (const { reason, traceId, chunks } of closings) {
      if (reason === 'complete') late.closed(traceId, chunks.at(-1)?.streamTimeMs ?? 0);
    }
  }

  /** The one place where offsets of `spans` are committed. */
  async function commit(): Promise<void> {
    const { frontier, positions, window, emitted } = state();
    const lowest = frontier.lowest();
    await lease.commit(lowest.offset, encodeMetadata(lowest, positions.lowestFor(lowest.offset)));
    emitted.raiseFloor(lowest.offset);
    observer.open(lease.partition, {
      traces: window.openTraces,
      spans: window.openSpans,
      bytes: window.openBytes,
      committed: lowest.offset,
      emittedRanges: emitted.ranges,
      sends: positions.sends,
    });
  }

  async function beat(): Promise<void> {
    if (heartbeat.heartbeatDue(clock.now(), watermarkOf(state()))) await emitHeartbeat(emitOptions());
  }

  return {
    async open() {
      lease.check();
      opened = await recover(options, lease);
      await finish(opened.due);
      await commit();
      return opened.applied;
    },

    async process(records) {
      const { window, emitted, frontier } = state();
      const last = records.at(-1);
      if (last === undefined) return;
      const taken = take(lease.partition, records, window.streamTimeMs, emitted);
      if (taken.dead.length > 0) {
        await log.append(
          'spans.dlq',
          0,
          taken.dead.map((letter) => letter.record),
          lease,
        );
        for (const letter of taken.dead) observer.deadLetter(lease.partition, letter.offset, letter.reason);
      }
      const applied = last.offset + 1;
      const streamTimeMs = records.reduce((max, record) => Math.max(max, record.appendTimeMs), window.streamTimeMs);
      await buffer(taken.chunks, applied, streamTimeMs);
      const closings = decide(records, taken.chunks);
      frontier.moveTo({ offset: applied, streamTimeMs });
      await finish(closings);
      await beat();
      await commit();
      heartbeat.sawSpans(clock.now());
      checkedMs = clock.now();
    },

    async idle() {
      lease.check();
      const nowMs = clock.now();
      if (nowMs - checkedMs >= checkIntervalMs) {
        await state().claim.check();
        checkedMs = nowMs;
      }
      if (heartbeat.tickDue(nowMs, state().window.openTraces)) {
        await log.append('spans', lease.partition, [{ key: null, value: null }], lease);
        heartbeat.sawSpans(nowMs);
      }
      await beat();
    },

    async resume() {
      lease.check();
      // Whoever had the partition in between has claimed it: then this is refused.
      await state().claim.check();
      // Unless the buffer went back to before that. What they wrote does not go back.
      const { high } = await log.bounds('traces', lease.partition);
      if (high !== state().positions.end) {
        throw new LogError(`Another owner of partition ${lease.partition} wrote to traces in between.`, true);
      }
      checkedMs = clock.now();
    },

    async close() {
      opened = null;
      observer.released(lease.partition);
    },
  };
}
