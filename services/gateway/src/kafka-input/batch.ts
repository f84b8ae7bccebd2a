import type { NewRecord } from '@spanloom/log';
import type { Clock } from '@spanloom/span';
import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { Admission } from '../admission.ts';
import type { Intake, RequestFormat } from '../intake.ts';
import type { GatewayLogger } from '../logger.ts';
import type { InputMetrics } from './metrics.ts';
import { createPatience } from './patience.ts';
import { takeRecord } from './record.ts';
import type { InputRecord } from './record.ts';
import { takeAll } from './take-all.ts';

export interface BatchOptions {
  readonly intake: Pick<Intake, 'accept'>;
  readonly admission: Pick<Admission, 'enter'>;
  readonly bury: (letter: NewRecord) => Promise<void>;
  readonly format: RequestFormat;
  readonly maxRequestBytes: number;
  readonly metrics: InputMetrics;
  readonly logger: GatewayLogger;
  readonly clock: Clock;
  readonly heartbeatMs: number;
  /** Aborts when the input stops. */
  readonly stopping: AbortSignal;
  /** Told why records have to wait, and with null that they no longer do. */
  readonly onWaiting: (reason: string | null) => void;
}

/** Enough to fill the appends of every partition; what is in memory is bounded by the fetch and by admission. */
const maxConcurrentRecords = 256;

/**
 * Takes the records of a batch, then commits behind the last one before the first that is not in
 * `spans` (or a dead letter). This is the only place that commits. A commit that goes out after the
 * partition has moved on may set another member back, which repeats records; it cannot lose any.
 *
 * Rejects with what a heartbeat or the commit was refused with: kafkajs then joins the group again,
 * and reads on from what was committed.
 */
export async function handleBatch(payload: EachBatchPayload, options: BatchOptions): Promise<void> {
  const { topic, partition, messages, highWatermark } = payload.batch;
  const { metrics, logger, stopping, onWaiting, clock } = options;
  const lagAt = (next: number): void => metrics.lag(topic, partition, Math.max(0, Number(highWatermark) - next));
  lagAt(Number(messages[0]?.offset ?? 0));

  // Not AbortSignal.any: in Node 20 the signal that lives longer keeps a trace of every other.
  const leaving = new AbortController();
  const { signal } = leaving;
  const leave = (): void => leaving.abort();
  stopping.addEventListener('abort', leave);
  if (stopping.aborted) leave();
  const alive = keepAlive(payload, options, leave);
  const patience = createPatience(clock, signal);
  const malformed: { readonly offset: string; readonly reason: string }[] = [];
  const onRefusal = (reason: string): void => {
    metrics.refusal(topic);
    onWaiting(reason);
  };

  async function take(message: KafkaMessage): Promise<boolean> {
    const record: InputRecord = { topic, partition, offset: message.offset, value: message.value };
    const taken = await takeRecord(record, { ...options, patience, signal, onRefusal });
    if (taken.type === 'left') return false;
    onWaiting(null);
    metrics.record(topic, taken.type, record.value?.length ?? 0);
    if (taken.type === 'accepted') metrics.spans(topic, taken.spans);
    else malformed.push({ offset: record.offset, reason: taken.reason });
    return true;
  }

  let done = 0;
  let refused: Error | null;
  try {
    done = await takeAll(messages, take, maxConcurrentRecords);
  } finally {
    stopping.removeEventListener('abort', leave);
    refused = await alive.end();
  }
  const [first] = malformed;
  if (first !== undefined) {
    const fields = { topic, partition, records: malformed.length, ...first };
    logger.error(fields, "Records of a collector's topic cannot be read; they are in spans.dlq.");
  }
  const last = messages[done - 1];
  if (last !== undefined) {
    payload.resolveOffset(last.offset);
    const offset = String(BigInt(last.offset) + 1n);
    await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset }] }] });
    lagAt(Number(offset));
  }
  if (refused !== null) throw refused;
}

/** Heartbeats beside long work; a group that refuses one wants the partition back, and `leave` is called. */
function keepAlive(
  { heartbeat }: EachBatchPayload,
  { clock, heartbeatMs }: BatchOptions,
  leave: () => void,
): { end(): Promise<Error | null> } {
  const over = new AbortController();

  async function beat(): Promise<Error | null> {
    for (;;) {
      await clock.sleep(heartbeatMs, over.signal);
      if (over.signal.aborted) return null;
      try {
        await heartbeat();
      } catch (error) {
        leave();
        return error instanceof Error ? error : new Error(String(error));
      }
    }
  }
  const beating = beat();
  return {
    end() {
      over.abort();
      return beating;
    },
  };
}
