import type { HealthCheck, Logger, Registry } from '@spanloom/runtime';
import { Counter, Gauge, Histogram } from 'prom-client';

import type { AssemblerObserver } from './observer.ts';

/** What `/metrics` and the log say of the assembler. */
export interface AssemblerMetrics {
  readonly observer: AssemblerObserver;
  /** Since the start, or now. */
  counts(): { readonly traces: number; readonly completeTraces: number; readonly openTraces: number };
  /** For `/readyz`: what expired unread since the start. */
  expired(): HealthCheck;
}

export function createAssemblerMetrics(registry: Registry, logger: Logger): AssemblerMetrics {
  const registers = [registry];
  const closed = new Counter({
    name: 'spanloom_assembler_traces_total',
    help: 'Traces closed, by why, and whether they were whole',
    labelNames: ['reason', 'complete'],
    registers,
  });
  const spans = new Counter({ name: 'spanloom_assembler_spans_total', help: 'Spans in closed traces', registers });
  const late = new Histogram({
    name: 'spanloom_assembler_late_seconds',
    help: 'Chunks that came after their trace had closed as complete, by time since its last chunk',
    buckets: [6, 8, 10, 15, 20, 30, 60, 120, 300],
    registers,
  });
  const dead = new Counter({
    name: 'spanloom_assembler_dead_letters_total',
    help: 'Records of spans that could not be read',
    registers,
  });
  const expired = new Counter({
    name: 'spanloom_assembler_expired_total',
    help: 'Offsets of spans that expired before they were read',
    registers,
  });
  const pressure = new Counter({
    name: 'spanloom_assembler_pressure_total',
    help: 'Traces closed early because the buffer was full',
    registers,
  });
  const retries = new Counter({
    name: 'spanloom_assembler_retries_total',
    help: 'Times that a partition was claimed again after a failure',
    registers,
  });
  const labelNames = ['partition'];
  const openTraces = new Gauge({ name: 'spanloom_assembler_open_traces', help: 'Open traces', labelNames, registers });
  const openSpans = new Gauge({
    name: 'spanloom_assembler_open_spans',
    help: 'Spans of open traces',
    labelNames,
    registers,
  });
  const openBytes = new Gauge({
    name: 'spanloom_assembler_open_bytes',
    help: 'Bytes of open bodies before compression',
    labelNames,
    registers,
  });

  const owned = new Set<number>();
  new Gauge({
    name: 'spanloom_assembler_partitions',
    help: 'Partitions that this assembler owns',
    registers,
    collect() {
      this.set(owned.size);
    },
  });
  const open = new Map<number, number>();
  const sums = { traces: 0, completeTraces: 0, expired: 0 };
  const observer: AssemblerObserver = {
    claimed(partition, details) {
      owned.add(partition);
      logger.debug({ partition, ...details }, 'claimed');
    },
    expired(partition, from, to) {
      expired.inc(to - from);
      sums.expired += to - from;
      logger.error({ partition, from, to }, 'spans expired from the log before they were read');
    },
    closed(reason, complete, count) {
      closed.inc({ reason, complete: String(complete) });
      spans.inc(count);
      sums.traces++;
      if (complete) sums.completeTraces++;
    },
    late(_traceId, afterMs) {
      late.observe(afterMs / 1000);
    },
    deadLetter(partition, offset, reason) {
      dead.inc();
      logger.warn({ partition, offset, reason }, 'a record of spans cannot be read; it is in spans.dlq');
    },
    pressure(partition, traces) {
      pressure.inc(traces);
      logger.warn({ partition, traces }, 'the buffer is full: closed the oldest traces early');
    },
    released(partition) {
      owned.delete(partition);
      const labels = { partition: String(partition) };
      for (const gauge of [openTraces, openSpans, openBytes]) gauge.remove(labels);
      open.delete(partition);
    },
    open(partition, now) {
      const labels = { partition: String(partition) };
      openTraces.set(labels, now.traces);
      openSpans.set(labels, now.spans);
      openBytes.set(labels, now.bytes);
      open.set(partition, now.traces);
    },
    retry(partition, error) {
      retries.inc();
      logger.warn({ partition, error: error.message }, 'starting the partition again');
    },
  };
  return {
    observer,
    expired: () => ({
      name: 'expired',
      problem: null,
      ...(sums.expired > 0 && { note: `${sums.expired} offsets of spans expired before they were read; see audit` }),
    }),
    counts: () => ({
      traces: sums.traces,
      completeTraces: sums.completeTraces,
      openTraces: [...open.values()].reduce((sum, traces) => sum + traces, 0),
    }),
  };
}
