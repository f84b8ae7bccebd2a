import type { CloseReason } from '@spanloom/span';

/** A stored fragment of a trace: one record of `traces`. */
export interface FragmentInfo {
  readonly stream: string;
  readonly partition: number;
  /** Offset in `traces`. */
  readonly position: number;
  readonly reason: CloseReason;
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
  readonly duplicateSpans: number;
  /** Also where nothing expires. */
  readonly kept: boolean;
}

/** A row of {@link fragmentColumns}, as JSON. */
export interface FragmentJson {
  stream: string;
  partition: number;
  position: string;
  reason: CloseReason;
  part: number;
  parts: number;
  late: number;
  unlinked: number;
  time_shifted: number;
  truncated: number;
  append_ms: string;
  chunk_offsets: string[];
  spans: number;
  duplicate_spans: number;
  kept: number;
}

/** The columns of a {@link FragmentJson} but `kept`. */
export const fragmentColumns = `stream, partition, position, reason, part, parts,
       late, unlinked, time_shifted, truncated, toUnixTimestamp64Milli(append_time) AS append_ms,
       chunk_offsets, spans, duplicate_spans`;

/** A {@link FragmentInfo} from its row. */
export function fragmentInfoOf(row: FragmentJson): FragmentInfo {
  return {
    stream: row.stream,
    partition: row.partition,
    position: Number(row.position),
    reason: row.reason,
    part: row.part,
    parts: row.parts,
    late: row.late === 1,
    unlinked: row.unlinked === 1,
    timeShifted: row.time_shifted === 1,
    truncated: row.truncated === 1,
    appendTimeMs: Number(row.append_ms),
    chunkOffsets: row.chunk_offsets.map(Number),
    spans: row.spans,
    duplicateSpans: row.duplicate_spans,
    kept: row.kept === 1,
  };
}
