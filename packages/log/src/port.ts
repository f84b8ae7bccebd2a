/**
 * A partitioned log. Called by the gateway (append), the assembler and the sink (own, read,
 * append, commit), and the audit (read). Adapters: embedded/ and, on a cluster, Kafka.
 */

/** A topic of the stream. `spans.dlq` has one partition. */
export type Topic = 'spans' | 'traces' | 'spans.dlq';

export interface NewRecord {
  /** Null for a tick or a heartbeat. */
  readonly key: Uint8Array | null;
  /** Null for a tick. */
  readonly value: Uint8Array | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface LogRecord {
  readonly offset: number;
  /** Set by the log, in Unix milliseconds, when the record was appended; never decreases within an embedded partition. */
  readonly appendTimeMs: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** Offsets that can be read: `low` ≤ offset < `high`. An empty partition has `low === high`. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

export interface Appended {
  /** Offset of the first record; the others follow without a gap. */
  readonly offset: number;
  /** The same for all records of one append. */
  readonly appendTimeMs: number;
}

export interface Committed {
  readonly offset: number;
  readonly metadata: string;
}

/** One generation of the topics. Its partition count never changes. */
export interface Stream {
  /** Short, without `/` or `:`; stands in keys, tokens and rows. */
  readonly id: string;
  readonly partitions: number;
}

/** Where `traces` is cut into batches: the same for whoever reads it, so a property of the stream. */
export interface StreamCut {
  /** A batch ends where an interval of so many milliseconds ends, by the append times of neighbours. */
  readonly intervalMs: number;
  /** And after this many spans, counted anew from the last cut. */
  readonly maxSpans: number;
  /** And after this many bytes of bodies before compression, counted the same way. */
  readonly maxBytes: number;
  /**
   * Intervals of the partitions end one after the other, not all at the same moment; see `isCutBetween`. True for
   * every stream since format 2.
   */
  readonly staggered?: boolean;
}

/** A stream that knows how it is cut: one that outlives the process. */
export interface CutStream extends Stream {
  readonly cut: StreamCut;
}

export interface Log {
  readonly stream: Stream;
  /**
   * Resolves when the records are durable, all of them, in order, next to each other. Rejects with
   * a {@link LogError}: then each record may or may not be in the log. With a lease, it is checked
   * immediately before the write; a lost lease rejects with {@link LeaseLostError} and writes nothing.
   */
  append(topic: Topic, partition: number, records: readonly NewRecord[], lease?: Lease): Promise<Appended>;
  /**
   * Records from `from` on, in order, at least one if there is any, about `maxBytes` of them
   * (default 4 MiB); an empty array at the end. Rejects with {@link OutOfRangeError} where `from`
   * is outside the bounds (`from === high` is inside).
   */
  read(topic: Topic, partition: number, from: number, maxBytes?: number): Promise<LogRecord[]>;
  bounds(topic: Topic, partition: number): Promise<Bounds>;
  /** The first offset whose append time is at or after `timeMs`; `high` if there is none. */
  offsetAtTime(topic: Topic, partition: number, timeMs: number): Promise<number>;
  /** What the group committed last, or null. */
  committed(group: string, topic: Topic, partition: number): Promise<Committed | null>;
  /** Takes part in the ownership of a topic's partitions until `leave`. */
  join(options: JoinOptions): Promise<Membership>;
  /** Ends memberships, then releases files and connections. */
  close(): Promise<void>;
}

export interface JoinOptions {
  readonly group: string;
  readonly topic: Topic;
  /** Called once for each partition that is assigned, and again after its worker failed retryably. */
  readonly worker: (lease: Lease) => PartitionWorker;
  /** `idle` is called this long after the last call that had nothing to read. */
  readonly idleMs: number;
  /** Told of each failure that leads to a new worker. */
  readonly onRetry?: (partition: number, error: Error) => void;
}

export interface Membership {
  /** Rejects when the membership died; the process must exit. Resolves after `leave`. */
  readonly ended: Promise<void>;
  /** Closes the workers (each finishes the call it is in), gives the partitions back. */
  leave(): Promise<void>;
}

/**
 * The right to work on a partition, from one answered heartbeat to the next. Whatever a worker
 * writes goes through `check` immediately before. One that is lost during a call stays lost: where the
 * partition comes back meanwhile, the call ends under the old lease, and a new worker gets a new one.
 */
export interface Lease {
  readonly partition: number;
  /** Throws {@link LeaseLostError} once the lease has run out or was revoked. */
  check(): void;
  /** Commits for the group of the membership. A commit under a lost lease rejects, or does nothing that matters. */
  commit(offset: number, metadata: string): Promise<void>;
}

/**
 * The owner of a partition. Its calls never overlap. A call that rejects with an error whose
 * `retryable` is true ends this worker: `close` is called, and after a backoff the factory makes a
 * new one. Any other rejection ends the membership.
 */
export interface PartitionWorker {
  /** Resolves to the offset to read from. */
  open(): Promise<number>;
  /** The next records, without a gap. */
  process(records: readonly LogRecord[]): Promise<void>;
  /** Called when there was nothing to read. */
  idle(): Promise<void>;
  /**
   * Called where the members of the group changed and the partition came back to this worker: others
   * may have had it in between. Resolves if what the worker holds is still good, and reading goes
   * on where it was; rejects, retryably, if not. The embedded log, whose member is alone, never calls it.
   */
  resume(): Promise<void>;
  close(): Promise<void>;
}
