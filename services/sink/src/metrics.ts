import type { HealthCheck, Logger, Registry } from '@spanloom/runtime';
import type { Clock } from '@spanloom/span';
import { Counter, Gauge } from 'prom-client';

import type { SinkObserver } from './observer.ts';

/** What `/metrics` and the log say of the sink. */
export interface SinkMetrics {
  readonly observer: SinkObserver;
  /** Unix milliseconds that every partition is complete to; null before the first watermark. */
  completeToMs(): number | null;
  /** For `/readyz`: what expired unread since the start. */
  expired(): HealthCheck;
}

export function createSinkMetrics(registry: Registry, logger: Logger, clock: Clock): SinkMetrics {
  const registers = [registry];
  const fragments = new Counter({ name: 'spanloom_sink_fragments_total', help: 'Trace fragments stored', registers });
  const spans = new Counter({ name: 'spanloom_sink_spans_total', help: 'Spans stored', registers });
  const late = new Counter({
    name: 'spanloom_sink_late_fragments_total',
    help: 'Fragments that mended an earlier one',
    registers,
  });
  const duplicates = new Counter({
    name: 'spanloom_sink_duplicate_spans_total',
    help: 'Spans dropped because one of that id and kind was there',
    registers,
  });
  const stripped = new Counter({
    name: 'spanloom_sink_stripped_chunks_total',
    help: 'Chunks that were stored already',
    registers,
  });
  const dead = new Counter({
    name: 'spanloom_sink_dead_letters_total',
    help: 'Chunks or records that could not be stored',
    registers,
  });
  const expired = new Counter({
    name: 'spanloom_sink_expired_total',
    help: 'Offsets of traces that expired before they were stored',
    registers,
  });
  const folded = new Counter({
    name: 'spanloom_sink_folded_spans_total',
    help: 'Spans whose operation or peer was folded into (other)',
    labelNames: ['service', 'what'],
    registers,
  });
  const retries = new Counter({
    name: 'spanloom_sink_retries_total',
    help: 'Times that a partition was claimed again after a failure',
    registers,
  });
  const completeTo = new Gauge({
    name: 'spanloom_sink_complete_to_seconds',
    help: 'Stream time that is stored, Unix seconds',
    labelNames: ['partition'],
    registers,
  });

  const owned = new Set<number>();
  new Gauge({
    name: 'spanloom_sink_partitions',
    help: 'Partitions that this sink owns',
    registers,
    collect() {
      this.set(owned.size);
    },
  });
  const completeToMs = new Map<number, number>();
  let expiredRecords = 0;
  // Samples of what is folded are worth a line a minute, not one a batch.
  const warnedMs = new Map<string, number>();
  const observer: SinkObserver = {
    claimed(partition, position) {
      owned.add(partition);
      logger.debug({ partition, position }, 'claimed');
    },
    expired(partition, from, to) {
      expired.inc(to - from);
      expiredRecords += to - from;
      logger.error({ partition, from, to }, 'traces expired from the log before they were stored');
    },
    released(partition) {
      owned.delete(partition);
      completeTo.remove({ partition: String(partition) });
      completeToMs.delete(partition);
    },
    stored(batch) {
      fragments.inc(batch.fragments);
      spans.inc(batch.spans);
      late.inc(batch.lateFragments);
      duplicates.inc(batch.duplicateSpans);
      stripped.inc(batch.strippedChunks);
      // 0: no record of the partition has carried a watermark yet.
      if (batch.completeToMs === 0) return;
      completeTo.set({ partition: String(batch.partition) }, batch.completeToMs / 1000);
      completeToMs.set(batch.partition, batch.completeToMs);
    },
    folded(service, what, count, samples) {
      folded.inc({ service, what }, count);
      const key = `${service} ${what}`;
      if (clock.now() - (warnedMs.get(key) ?? 0) < 60_000) return;
      warnedMs.set(key, clock.now());
      logger.warn({ service, samples }, `${service} has too many ${what} names; they are counted as (other)`);
    },
    deadLetter(partition, position, reason) {
      dead.inc();
      logger.warn({ partition, position, reason }, 'something cannot be stored; it is in spans.dlq');
    },
    retry(partition, error) {
      retries.inc();
      logger.warn({ partition, error: error.message }, 'starting the partition again');
    },
  };
  return {
    observer,
    completeToMs: () => (completeToMs.size === 0 ? null : Math.min(...completeToMs.values())),
    expired: () => ({
      name: 'expired',
      problem: null,
      ...(expiredRecords > 0 && {
        note: `${expiredRecords} records of traces expired before they were stored; see audit`,
      }),
    }),
  };
}
