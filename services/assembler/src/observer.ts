import type { CloseReason, TraceId } from '@spanloom/span';

/** What an owner holds of its partition after it committed. */
export interface OpenState {
  readonly traces: number;
  readonly spans: number;
  readonly bytes: number;
  /** The offset of `spans` that was committed: everything below it is emitted. */
  readonly committed: number;
  /** Ranges of offsets known to be emitted: one more than there are gaps between them, at most. */
  readonly emittedRanges: number;
  /** Sends to `traces` that may hold chunks at or beyond the committed offset. */
  readonly sends: number;
}

/** What an assembler tells about itself. Never changes what it does. */
export interface AssemblerObserver {
  /** A partition was claimed; `rebuilt`: the buffer had no usable state and the log is read again. */
  claimed(
    partition: number,
    details: { readonly rebuilt: boolean; readonly openTraces: number; readonly from: number },
  ): void;
  /** Records of `spans` expired before anybody read them. */
  expired(partition: number, from: number, to: number): void;
  closed(reason: CloseReason, complete: boolean, spans: number): void;
  /** A chunk came after its trace had closed as complete, this long after the trace's last chunk. */
  late(traceId: TraceId, afterMs: number): void;
  /** A record of `spans` could not be read and went to `spans.dlq`. */
  deadLetter(partition: number, offset: number, reason: string): void;
  /** The buffer was full; this many of the oldest traces were closed. */
  pressure(partition: number, traces: number): void;
  open(partition: number, open: OpenState): void;
  /** The worker of a partition has ended; another owner may follow, here or elsewhere. */
  released(partition: number): void;
  /** The worker of a partition failed and starts again. */
  retry(partition: number, error: Error): void;
}
