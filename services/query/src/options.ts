import type { TraceBuffer } from '@spanloom/buffer';
import type { Log } from '@spanloom/log';
import type { LinkTemplate } from '@spanloom/runtime';
import type { Clock } from '@spanloom/span';
import type { ReadClient, TraceKeeper } from '@spanloom/store';
import type { QueryMetrics } from './metrics.ts';

export interface QueryConfig {
  /** Address to listen on; `127.0.0.1` for this machine only. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Of Jaeger's API over gRPC; 0 takes any free port. */
  readonly grpcPort: number;
  /** Everything lies below this path; `/` where it is the root, or where a proxy takes the path away. */
  readonly basePath: string;
  /** Where the gateway takes OTLP over HTTP; the page's commands name it. */
  readonly intakePort: number;
  /** Where it takes OTLP over gRPC. */
  readonly intakeGrpcPort: number;
  /** Demo traffic is sent. */
  readonly demo: boolean;
  /** Links that the page makes out of what a span says. */
  readonly links: readonly LinkTemplate[];
  /** A request that takes longer is given up, and so is its query in ClickHouse. */
  readonly requestTimeoutMs: number;
  /** The largest `limit` of a search. */
  readonly maxSearchTraces: number;
  /** How much of `traces` a read by id looks through for what the sink has not stored yet. */
  readonly maxScanBytes: number;
  /** When the assembler closes a trace at the latest: a partition that is further behind is named. */
  readonly maxTraceAgeMs: number;
  /** How long traces are kept. */
  readonly traceRetentionMs: number;
  /** How long figures by minute are kept: older windows are widened to whole hours. */
  readonly minuteRetentionMs: number;
  /** How long figures by hour are kept: older windows are widened to whole days. */
  readonly hourRetentionMs: number;
  /** How long a trace that is whole, or not, has to be quiet until the assembler closes it. */
  readonly settleMs: number;
  readonly quietMs: number;
  /** Of each query to ClickHouse that a request makes; beyond one of them the answer is 422. */
  readonly queryLimits: QueryLimits;
  /** How many may follow the live tail at once. */
  readonly maxTails: number;
}

export interface QueryLimits {
  readonly maxExecutionSeconds: number;
  readonly maxRowsToRead: number;
  readonly maxMemoryBytes: number;
}

export const defaultQueryConfig: QueryConfig = {
  host: '127.0.0.1',
  port: 16686,
  grpcPort: 16685,
  basePath: '/',
  intakePort: 4318,
  intakeGrpcPort: 4317,
  demo: false,
  links: [],
  requestTimeoutMs: 30_000,
  // The most that Jaeger UI offers to ask for.
  maxSearchTraces: 1500,
  maxScanBytes: 64 * 1024 * 1024,
  maxTraceAgeMs: 300_000,
  traceRetentionMs: 7 * 86_400_000,
  minuteRetentionMs: 90 * 86_400_000,
  hourRetentionMs: 400 * 86_400_000,
  settleMs: 6_000,
  quietMs: 30_000,
  // Below the 30 s of a request, so that it is told what to do about it; half of what the embedded engine may use.
  queryLimits: { maxExecutionSeconds: 20, maxRowsToRead: 2_000_000_000, maxMemoryBytes: 1024 ** 3 },
  maxTails: 20,
};

/** What a pino logger can do, as far as it is needed here. */
export interface QueryLogger {
  error(fields: object, message: string): void;
}

export interface QueryOptions {
  readonly store: ReadClient;
  /** Keeps traces beyond their time; a {@link ReadClient} does not write. */
  readonly keeper: TraceKeeper;
  readonly log: Pick<Log, 'stream' | 'bounds' | 'read'>;
  readonly buffer: Pick<TraceBuffer, 'peek' | 'openFigures' | 'openBetween'>;
  readonly clock: Clock;
  readonly logger: QueryLogger;
  readonly metrics: QueryMetrics;
  readonly config: QueryConfig;
}
