import type { AuditRecord } from '@spanloom/store';
import { type Range, countOf, within, without } from './ranges.ts';

/** What was found of one partition, from the log and from ClickHouse. */
export interface Findings {
  readonly partition: number;
  /** What of `spans` was looked at; read after the watermark and before what is stored. */
  readonly low: number;
  readonly high: number;
  /** Every chunk below this offset is in `traces` and stored. */
  readonly watermark: number;
  /** Chunks that the log holds; ticks are none. */
  readonly acknowledged: readonly Range[];
  readonly stored: readonly Range[];
  readonly doubled: readonly { readonly offset: number; readonly times: number }[];
  /** How many are stored more than once; `doubled` may name fewer. */
  readonly doubledCount: number;
  readonly deadLetters: readonly Range[];
  /** Expired from the log before an assembler read them. */
  readonly expired: readonly Range[];
}

export interface OffsetList {
  readonly count: number;
  /** The first ones, as `5` or `7-9`. */
  readonly offsets: readonly string[];
}

export interface PartitionReport {
  readonly partition: number;
  readonly acknowledged: number;
  readonly stored: number;
  readonly deadLettered: number;
  /** At or above the watermark and not stored yet: on their way. */
  readonly inFlight: number;
  /** Below the watermark and not stored: lost. */
  readonly missing: OffsetList;
  /** Stored more than once. */
  readonly doubled: OffsetList;
  /** Stored, though the log holds no such chunk. */
  readonly unknown: OffsetList;
  /** Expired from the log before anybody read them. */
  readonly expiredUnread: OffsetList;
}

export interface AuditReport {
  readonly stream: string;
  /** Nothing missing, doubled, unknown or expired unread. */
  readonly clean: boolean;
  readonly partitions: readonly PartitionReport[];
}

/** A report names at most this many offsets or ranges of a kind. */
const maxNamed = 100;

export function reportOf(stream: string, findings: readonly Findings[]): AuditReport {
  const partitions = findings.map(partitionReport);
  const clean = partitions.every(
    (p) => p.missing.count + p.doubled.count + p.unknown.count + p.expiredUnread.count === 0,
  );
  return { stream, clean, partitions };
}

/** The report in sums over all partitions. */
export type AuditTotals = Omit<AuditRecord, 'endedMs' | 'durationMs'>;

export function totalsOf({ stream, clean, partitions }: AuditReport): AuditTotals {
  const sum = (of: (partition: PartitionReport) => number): number =>
    partitions.reduce((total, partition) => total + of(partition), 0);
  return {
    stream,
    clean,
    partitions: partitions.length,
    acknowledged: sum((each) => each.acknowledged),
    stored: sum((each) => each.stored),
    deadLettered: sum((each) => each.deadLettered),
    inFlight: sum((each) => each.inFlight),
    missing: sum((each) => each.missing.count),
    doubled: sum((each) => each.doubled.count),
    unknown: sum((each) => each.unknown.count),
    expiredUnread: sum((each) => each.expiredUnread.count),
  };
}

function partitionReport(found: Findings): PartitionReport {
  const handled = without(without(found.acknowledged, found.stored), found.deadLetters);
  const missing = within(handled, [{ from: 0, to: found.watermark }]);
  const inFlight = without(handled, missing);
  const inLog = within(found.stored, [{ from: found.low, to: found.high }]);
  return {
    partition: found.partition,
    acknowledged: countOf(found.acknowledged),
    stored: countOf(within(found.acknowledged, found.stored)),
    deadLettered: countOf(within(found.acknowledged, found.deadLetters)),
    inFlight: countOf(inFlight),
    missing: named(missing),
    doubled: {
      count: found.doubledCount,
      offsets: found.doubled.slice(0, maxNamed).map(({ offset, times }) => `${offset} (${times} times)`),
    },
    unknown: named(without(inLog, found.acknowledged)),
    expiredUnread: named(without(found.expired, found.stored)),
  };
}

function named(ranges: readonly Range[]): OffsetList {
  return {
    count: countOf(ranges),
    offsets: ranges.slice(0, maxNamed).map(({ from, to }) => (to === from + 1 ? String(from) : `${from}-${to - 1}`)),
  };
}
