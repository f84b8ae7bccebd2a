import type { CloseReason, Service, SpanId, Wholeness } from '@spanloom/span';

/** A stored fragment of a trace: one record of `traces`. */
export interface FragmentInfo {
  readonly stream: string;
  readonly partition: number;
  /** Offset in `traces`. */
  readonly position: number;
  readonly reason: CloseReason;
  readonly wholeness: Wholeness;
  readonly part: number;
  readonly parts: number;
  /** Came after another fragment of the trace. */
  readonly late: boolean;
  /** Counted by itself: the earlier fragments were too many to correct. */
  readonly unlinked: boolean;
  /** A span was counted in the minute of its append, its own time being too far off. */
  readonly timeShifted: boolean;
  /** Attributes were cut at the gateway. */
  readonly truncated: boolean;
  /** Append time of the batch that it came with, Unix milliseconds. */
  readonly appendTimeMs: number;
  /** Offsets in `spans`. */
  readonly chunkOffsets: readonly number[];
  readonly spans: number;
  readonly errors: number;
  readonly duplicateSpans: number;
  /** Also where nothing expires. */
  readonly kept: boolean;
  /** Service and operation of its root span, or null. */
  readonly root: { readonly service: Service; readonly operation: string } | null;
}

/** A row of {@link fragmentColumns}, as JSON. */
export interface FragmentJson {
  stream: string;
  partition: number;
  position: string;
  reason: CloseReason;
  complete: number;
  remote_root: number;
  roots: number;
  missing_parents: SpanId[];
  missing_count: number;
  part: number;
  parts: number;
  late: number;
  unlinked: number;
  time_shifted: number;
  truncated: number;
  append_ms: string;
  chunk_offsets: string[];
  spans: number;
  errors: number;
  duplicate_spans: number;
  kept: number;
  has_root: number;
  root_environment: string;
  root_namespace: string;
  root_service: string;
  root_operation: string;
}

/** The columns of a {@link FragmentJson} but `kept`. */
export const fragmentColumns = `stream, partition, position, reason, complete, remote_root, roots,
       arrayMap(id -> lower(hex(id)), missing_parents) AS missing_parents, missing_count, part, parts,
       late, unlinked, time_shifted, truncated, toUnixTimestamp64Milli(append_time) AS append_ms,
       chunk_offsets, spans, errors, duplicate_spans,
       has_root, root_environment, root_namespace, root_service, root_operation`;

/** A {@link FragmentInfo} from its row. */
export function fragmentInfoOf(row: FragmentJson): FragmentInfo {
  return {
    stream: row.stream,
    partition: row.partition,
    position: Number(row.position),
    reason: row.reason,
    wholeness: {
      complete: row.complete === 1,
      remoteRoot: row.remote_root === 1,
      roots: row.roots,
      missingParents: row.missing_parents,
      missingCount: row.missing_count,
    },
    part: row.part,
    parts: row.parts,
    late: row.late === 1,
    unlinked: row.unlinked === 1,
    timeShifted: row.time_shifted === 1,
    truncated: row.truncated === 1,
    appendTimeMs: Number(row.append_ms),
    chunkOffsets: row.chunk_offsets.map(Number),
    spans: row.spans,
    errors: row.errors,
    duplicateSpans: row.duplicate_spans,
    kept: row.kept === 1,
    root:
      row.has_root === 1
        ? {
            service: {
              environment: row.root_environment,
              namespace: row.root_namespace,
              name: row.root_service,
            },
            operation: row.root_operation,
          }
        : null,
  };
}
