import type { Closing } from '@spanloom/assembly';
import { BufferError } from '@spanloom/buffer';
import type { Lease, Log, NewRecord } from '@spanloom/log';
import { type TraceChunk, type Watermark, decodeSpansBody } from '@spanloom/wire';

import type { Heartbeat } from './heartbeat.ts';
import type { LiveChunk } from './live-chunk.ts';
import type { AssemblerObserver } from './observer.ts';
import type { Recovered } from './recover.ts';
import { heartbeatRecord, recordLimits, toParts, traceRecord } from './records.ts';

/** One append to `traces`: 1,000 records, because clients group them in O(n²) above that, and 900 kB, below a broker's 1 MB. */
const maxSendRecords = 1000;
const maxSendBytes = 900_000;

export interface EmitOptions {
  readonly log: Log;
  readonly lease: Lease;
  readonly state: Recovered;
  readonly heartbeat: Heartbeat;
  readonly observer: AssemblerObserver;
}

/** One read from the buffer: a round trip for each trace would cost more than the traces. */
const maxReadTraces = 500;
const maxReadBytes = 8 * 1024 * 1024;

/** Some finished traces that go out in one append. */
interface Send {
  readonly records: NewRecord[];
  readonly chunks: LiveChunk[];
  bytes: number;
}

const emptySend = (): Send => ({ records: [], chunks: [], bytes: 0 });

/**
 * Writes finished traces to `traces` and takes them out of the buffer. `traces` first: a crash
 * between the two is what the reconciling read at the next claim is for.
 */
export async function emit(options: EmitOptions, closings: readonly Closing<LiveChunk>[]): Promise<void> {
  let send = emptySend();
  for (const group of toReads(closings)) {
    const bodies = await readBodies(options, group);
    for (const closing of group) {
      const parts = toParts(bodies.splice(0, closing.chunks.length), recordLimits);
      const watermark = watermarkOf(options.state);
      let sent = 0;
      for (const [part, chunks] of parts.entries()) {
        const record = traceRecord(closing, parts, part, watermark);
        const bytes = record.value?.length ?? 0;
        if (send.records.length === maxSendRecords || (send.records.length > 0 && send.bytes + bytes > maxSendBytes)) {
          await append(options, send);
          send = emptySend();
        }
        send.records.push(record);
        send.chunks.push(...closing.chunks.slice(sent, sent + chunks.length));
        send.bytes += bytes;
        sent += chunks.length;
      }
      options.observer.closed(closing.reason, closing.wholeness.complete, spanCount(closing.chunks));
    }
  }
  if (send.records.length > 0) await append(options, send);
}

/** Says how far `traces` is complete, without a trace. */
export async function emitHeartbeat(options: EmitOptions): Promise<void> {
  const watermark = watermarkOf(options.state);
  const { log, lease, heartbeat, state } = options;
  const appended = await log.append('traces', lease.partition, [heartbeatRecord(watermark)], lease);
  state.positions.add(appended.offset, appended.offset + 1, -1);
  heartbeat.wroteHeartbeat(appended.appendTimeMs, watermark);
}

/** Every chunk below its offset is acknowledged in `traces`. */
export function watermarkOf(state: Recovered): Watermark {
  const { offset, streamTimeMs } = state.frontier.lowest();
  return { offset, streamTimeMs };
}

async function append({ log, lease, state, heartbeat }: EmitOptions, send: Send): Promise<void> {
  const watermark = watermarkOf(state);
  const appended = await log.append('traces', lease.partition, send.records, lease);
  const end = appended.offset + send.records.length;
  const largest = send.chunks.reduce((max, chunk) => Math.max(max, chunk.offset), -1);
  state.positions.add(appended.offset, end, largest);
  heartbeat.wroteTraces(appended.appendTimeMs, watermark);
  for (const chunk of send.chunks) chunk.pending.done = true;
  await state.claim.release(send.chunks, state.positions.reconciledFor(state.applied));
}

function toReads(closings: readonly Closing<LiveChunk>[]): Closing<LiveChunk>[][] {
  const reads: Closing<LiveChunk>[][] = [];
  let bytes = Infinity;
  for (const closing of closings) {
    const size = closing.chunks.reduce((sum, chunk) => sum + chunk.index.bodyBytes, 0);
    const last = reads.at(-1);
    if (last === undefined || last.length === maxReadTraces || bytes + size > maxReadBytes) {
      reads.push([closing]);
      bytes = size;
    } else {
      last.push(closing);
      bytes += size;
    }
  }
  return reads;
}

async function readBodies(
  { state, lease }: EmitOptions,
  closings: readonly Closing<LiveChunk>[],
): Promise<TraceChunk[]> {
  const chunks = closings.flatMap((closing) => closing.chunks);
  const records = await state.claim.records(chunks);
  const bodies: TraceChunk[] = [];
  for (const [i, chunk] of chunks.entries()) {
    const record = records[i];
    const decoded = record === undefined || record === null ? null : decodeSpansBody(record);
    if (decoded === null || !decoded.ok) {
      // The log still has it: forget what the buffer holds, so that the next claim reads it again.
      await state.claim.reset({ applied: 0, reconciled: 0, streamTimeMs: 0 });
      throw new BufferError(`The buffer of partition ${lease.partition} lost chunk ${chunk.offset}; reading it again.`);
    }
    bodies.push({
      offset: chunk.offset,
      spanCount: chunk.index.marks.length,
      bodyBytes: chunk.index.bodyBytes,
      codec: decoded.value.codec,
      body: decoded.value.body,
      truncated: decoded.value.truncated,
    });
  }
  return bodies;
}

function spanCount(chunks: readonly LiveChunk[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.index.marks.length, 0);
}
