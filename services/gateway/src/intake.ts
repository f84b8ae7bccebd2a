import { LogError } from '@spanloom/log';
import type { Log, NewRecord } from '@spanloom/log';
import { err, ok } from '@spanloom/span';
import type { Clock, Result } from '@spanloom/span';
import { chunkRecord, jsonToRequest, partitionOf, splitRequest } from '@spanloom/wire';
import type { RequestChunk } from '@spanloom/wire';
import { createBatcher } from './batcher.ts';
import type { BatchLimits } from './batcher.ts';
import type { GatewayLogger } from './logger.ts';
import type { GatewayMetrics } from './metrics.ts';
import type { Outcome } from './outcome.ts';

export type RequestFormat = 'protobuf' | 'json';

/** What every transport hands its requests to. */
export interface Intake {
  /**
   * Takes an `ExportTraceServiceRequest`. Resolves once every chunk of it is durable, or none will
   * be waited for any longer; never rejects. After `unavailable` some chunks may be in the log: the
   * client sends all again, and the doubles are dropped downstream by their span ids.
   */
  accept(request: Uint8Array, format: RequestFormat): Promise<Outcome>;
  /** Null, or why the log takes nothing for as long as nobody mends it. */
  problem(): string | null;
  /** Spans made durable since the start. */
  acceptedSpans(): number;
}

export interface IntakeOptions {
  readonly log: Pick<Log, 'stream' | 'append'>;
  readonly metrics: GatewayMetrics;
  readonly logger: GatewayLogger;
  readonly clock: Clock;
}

const sendLimits: BatchLimits = { maxRecords: 1000, maxBytes: 900_000 };

export function createIntake({ log, metrics, logger, clock }: IntakeOptions): Intake {
  let problem: string | null = null;
  let acceptedSpans = 0;

  async function append(partition: number, records: readonly NewRecord[]): Promise<void> {
    const startedMs = clock.now();
    try {
      await log.append('spans', partition, records);
      problem = null;
      metrics.append((clock.now() - startedMs) / 1000, false);
    } catch (error) {
      problem = lastingProblem(error);
      metrics.append((clock.now() - startedMs) / 1000, true);
      logger.error({ err: error, partition, records: records.length }, 'The log did not acknowledge an append.');
      throw error;
    }
  }

  const batchers = Array.from({ length: log.stream.partitions }, (_, partition) =>
    createBatcher((records) => append(partition, records), sendLimits),
  );

  /** Waits for every partition, also when one has failed: until then the bytes are in flight. */
  async function store(chunks: readonly RequestChunk[]): Promise<Result<void, string>> {
    const records = batchers.map((): NewRecord[] => []);
    for (const chunk of chunks) {
      const record = chunkRecord(chunk);
      metrics.chunk(record.value.length, chunk.truncated);
      records[partitionOf(record.key, batchers.length)]?.push(record);
    }
    const results = await Promise.allSettled(
      batchers.map((batcher, partition) => batcher.add(records[partition] ?? [])),
    );
    const failed = results.find((result) => result.status === 'rejected');
    return failed === undefined ? ok(undefined) : err(messageOf(failed.reason));
  }

  async function take(request: Uint8Array, format: RequestFormat): Promise<Outcome> {
    const bytes = format === 'json' ? jsonToRequest(request) : ok(request);
    if (!bytes.ok) return { type: 'malformed', message: bytes.error.message };
    const split = splitRequest(bytes.value);
    if (!split.ok) return { type: 'malformed', message: split.error.message };
    const { chunks, rejectedSpans, rejectedBecause } = split.value;
    const stored = await store(chunks);
    if (!stored.ok)
      return {
        type: 'unavailable',
        message: `The spans are not stored; send them again. ${stored.error}`,
      };
    const spans = chunks.reduce((sum, chunk) => sum + chunk.index.marks.length, 0);
    acceptedSpans += spans;
    metrics.spans(spans, rejectedSpans);
    return { type: 'accepted', acceptedSpans: spans, rejectedSpans, message: rejectedBecause };
  }

  return {
    async accept(request, format) {
      try {
        return await take(request, format);
      } catch (error) {
        // One request must not take the others down with it, whatever is wrong with us.
        logger.error({ err: error, format, bytes: request.length }, 'A request could not be handled.');
        return {
          type: 'internal',
          message: 'The gateway failed on this request; its log says why.',
        };
      }
    },
    problem: () => problem,
    acceptedSpans: () => acceptedSpans,
  };
}

/** What trying again cannot mend, as a sentence. */
function lastingProblem(error: unknown): string | null {
  return error instanceof LogError && !error.retryable ? error.message : null;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
