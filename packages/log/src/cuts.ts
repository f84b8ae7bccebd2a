import type { StreamCut } from './port.ts';

const msPerDay = 86_400_000;

/** What decides where time cuts the `traces` of one partition. */
export interface PartitionCut {
  readonly cut: StreamCut;
  readonly partition: number;
  /** Of the stream. */
  readonly partitions: number;
}

/** Whether time cuts between a record appended at `beforeMs` and the next one, appended at `afterMs`. */
export function isCutBetween({ cut, partition, partitions }: PartitionCut, beforeMs: number, afterMs: number): boolean {
  const { intervalMs } = cut;
  if (cut.staggered !== true) return Math.floor(beforeMs / intervalMs) !== Math.floor(afterMs / intervalMs);
  const phaseMs = Math.floor((intervalMs * partition) / partitions);
  const interval = (timeMs: number): number => Math.floor((timeMs + phaseMs) / intervalMs);
  // All rows of a batch lie in one day.
  return interval(beforeMs) !== interval(afterMs) || Math.floor(beforeMs / msPerDay) !== Math.floor(afterMs / msPerDay);
}
