import { AssemblyWindow, type Closing, Frontier, type WindowLimits } from '@spanloom/assembly';
import type { BufferClaim, BufferState, TraceBuffer } from '@spanloom/buffer';
import { type Bounds, type Lease, type Log, LogError, type NewRecord, OffsetSet } from '@spanloom/log';
import { decodeTracesValue } from '@spanloom/wire';

import { decodeMetadata } from './commit.ts';
import { LiveChunk } from './live-chunk.ts';
import type { AssemblerObserver } from './observer.ts';
import { EmittedPositions } from './positions.ts';

/** The consumer group that assemblers form. */
export const assemblerGroup = 'assembler';

/** A partition as its owner left it, brought back from the buffer and the two logs. */
export interface Recovered {
  readonly claim: BufferClaim;
  readonly window: AssemblyWindow<LiveChunk>;
  readonly frontier: Frontier;
  /** Chunks that are in `traces` already. */
  readonly emitted: OffsetSet;
  readonly positions: EmittedPositions;
  /** Traces that were due when the last owner stopped. */
  readonly due: readonly Closing<LiveChunk>[];
  /** The offset of `spans` to go on from: what lies below is in the buffer or in `traces`. */
  applied: number;
}

export interface RecoverOptions {
  readonly log: Log;
  readonly buffer: TraceBuffer;
  readonly limits: WindowLimits;
  readonly observer: AssemblerObserver;
}

/** Where a start without a usable buffer begins. */
interface Start extends BufferState {
  /** What the buffer must have applied to be usable: one that went back is older than the commit. */
  readonly atLeast: number;
}

/** What was committed, or the beginning of the log. */
async function committedState(log: Log, partition: number): Promise<Start> {
  const committed = await log.committed(assemblerGroup, 'spans', partition);
  const metadata = committed === null ? null : decodeMetadata(committed.metadata);
  if (committed !== null && metadata?.ok === true) {
    return {
      atLeast: committed.offset,
      applied: committed.offset,
      reconciled: metadata.value.traces,
      streamTimeMs: metadata.value.streamTimeMs,
    };
  }
  // Without metadata the commit is not ours: an operator set it, and what lies between may be unread. Nothing is
  // known of `traces` either: reading all of it is slow and right.
  const traces = await log.bounds('traces', partition);
  const spans = await log.bounds('spans', partition);
  // And without a commit whatever the buffer holds is better than nothing: part of it may have expired.
  return {
    atLeast: 0,
    applied: Math.min(spans.low, await vouchedFor(log, partition, traces)),
    reconciled: traces.low,
    streamTimeMs: 0,
  };
}

/** Below this offset every chunk is in `traces`, as its last record says; 0 if there is none. */
async function vouchedFor(log: Log, partition: number, { low, high }: Bounds): Promise<number> {
  const [last] = high > low ? await log.read('traces', partition, high - 1) : [];
  const bytes = last?.value ?? null;
  const value = bytes === null ? null : decodeTracesValue(bytes);
  return value?.ok === true ? value.value.watermark.offset : 0;
}

/** Moves the start into what the log still has. */
async function placeStart(options: RecoverOptions, lease: Lease, state: BufferState): Promise<BufferState> {
  const { log, observer } = options;
  const { partition } = lease;
  const spans = await log.bounds('spans', partition);
  const traces = await log.bounds('traces', partition);
  if (state.applied > spans.high || state.reconciled > traces.high) {
    throw new LogError(
      `Partition ${partition} of stream ${log.stream.id} ends at ${spans.high} (spans) and ${traces.high} (traces), ` +
        `but ${state.applied} and ${state.reconciled} were reached before: the topics were recreated. Start a new stream.`,
      false,
    );
  }
  if (state.applied < spans.low) {
    observer.expired(partition, state.applied, spans.low);
    await log.append('spans.dlq', 0, [expiredRecord(partition, state.applied, spans.low)], lease);
  }
  return {
    ...state,
    applied: Math.max(state.applied, spans.low),
    reconciled: Math.max(state.reconciled, traces.low),
  };
}

/** Keeps the account: the audit finds it beside the dead letters. */
function expiredRecord(partition: number, from: number, to: number): NewRecord {
  const headers = {
    topic: 'spans',
    partition: String(partition),
    offset: String(from),
    to: String(to),
    reason: 'expired unread',
  };
  return { key: null, value: null, headers };
}

/** The chunks that stand in `traces` from `from` on. */
async function readEmitted(log: Log, partition: number, from: number, positions: EmittedPositions): Promise<OffsetSet> {
  const emitted = new OffsetSet();
  let position = from;
  for (;;) {
    const records = await log.read('traces', partition, position);
    const last = records.at(-1);
    if (last === undefined) return emitted;
    let largest = -1;
    for (const record of records) {
      if (record.value === null) continue;
      const value = decodeTracesValue(record.value);
      if (!value.ok) {
        throw new LogError(`traces ${partition}@${record.offset} cannot be read: ${value.error.message}`, false);
      }
      if (value.value.type === 'heartbeat') continue;
      for (const chunk of value.value.chunks) {
        emitted.add(chunk.offset);
        largest = Math.max(largest, chunk.offset);
      }
    }
    positions.add(position, last.offset + 1, largest);
    position = last.offset + 1;
  }
}

/**
 * Claims a partition and brings its state back: what the buffer holds, less what `traces` already
 * has. If the buffer holds nothing usable, the log is read again from what was committed.
 */
export async function recover(options: RecoverOptions, lease: Lease): Promise<Recovered> {
  const { partition } = lease;
  const { log, buffer, limits, observer } = options;
  const { claim, state: held } = await buffer.claim(log.stream.id, partition);
  const committed = await committedState(log, partition);
  const usable = held !== null && held.applied >= committed.atLeast;
  const state = await placeStart(options, lease, usable ? held : committed);
  if (!usable) await claim.reset(state);

  // Records between the committed position and the buffer's hold chunks below `applied` only.
  const positions = new EmittedPositions(state.reconciled);
  if (committed.reconciled < state.reconciled) {
    positions.add(committed.reconciled, state.reconciled, state.applied - 1);
  }
  const emitted = await readEmitted(log, partition, state.reconciled, positions);

  const open = await claim.index();
  await claim.release(
    open.filter((chunk) => emitted.has(chunk.offset)),
    positions.reconciledFor(state.applied),
  );

  const window = new AssemblyWindow<LiveChunk>(limits);
  const frontier = new Frontier({ offset: state.applied, streamTimeMs: state.streamTimeMs });
  const due: Closing<LiveChunk>[] = [];
  for (const chunk of open) {
    if (emitted.has(chunk.offset)) continue;
    due.push(...window.advance(chunk.streamTimeMs));
    due.push(...window.add(new LiveChunk(window.idOf(chunk.traceId), chunk.index, frontier.add(chunk))));
  }
  due.push(...window.advance(state.streamTimeMs));
  observer.claimed(partition, { rebuilt: !usable, openTraces: window.openTraces, from: state.applied });
  return { claim, window, frontier, emitted, positions, due, applied: state.applied };
}
