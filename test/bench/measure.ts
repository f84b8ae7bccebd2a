import { setTimeout as sleep } from 'node:timers/promises';

import { calibrate, cpuSecondsOf, peakRssMbOf } from './usage.ts';

/** What one stage did in one round. */
export interface Measurement {
  readonly stage: string;
  readonly spans: number;
  /** From the first span to the last, the warming up of the process included. */
  readonly coldSpansPerCpuSecond: number;
  /** From a quarter of the spans on: what a process does that has been up for a while. */
  readonly spansPerCpuSecond: number;
  readonly spansPerSecond: number;
  readonly peakRssMb: number;
  /** CPU of the engines beside it, microseconds a span. */
  readonly besideUsPerSpan: Readonly<Record<string, number>>;
  /** CPU seconds of a fixed piece of work, just before. */
  readonly calibrationSeconds: number;
}

export interface MeasureOptions {
  readonly stage: string;
  readonly spans: number;
  /** Processes of the stage. */
  readonly pids: readonly number[];
  /** Processes that work for it, by name. */
  readonly beside: Readonly<Record<string, number>>;
  /** Begins the work; what it resolves to is not waited for. */
  readonly begin?: () => Promise<void>;
  /** Spans that are done with. */
  readonly done: () => Promise<number>;
  readonly withinMs: number;
}

interface Sample {
  readonly atMs: number;
  readonly done: number;
  readonly cpuSeconds: number;
}

/** Often enough to see where a quarter is, and rarely enough to cost the stage nothing that counts. */
const sampleMs = 250;
const warmFrom = 0.25;

/** Runs a stage to its end and counts what its processes used meanwhile. */
export async function measure(options: MeasureOptions): Promise<Measurement> {
  const { stage, spans, pids, beside, begin, done } = options;
  const calibrationSeconds = calibrate();
  const cpuSeconds = (): number => pids.reduce((sum, pid) => sum + cpuSecondsOf(pid), 0);
  const besideBefore = Object.entries(beside).map(([name, pid]) => ({ name, pid, cpu: cpuSecondsOf(pid) }));

  const first: Sample = { atMs: performance.now(), done: await done(), cpuSeconds: cpuSeconds() };
  let failure: unknown = null;
  begin?.().catch((error: unknown) => void (failure = error));
  let warm: Sample | null = null;
  let last = first;
  while (last.done < spans) {
    if (failure !== null) throw failure as Error;
    if (performance.now() - first.atMs > options.withinMs) {
      throw new Error(`${stage}: ${last.done} of ${spans} spans after ${options.withinMs} ms`);
    }
    await sleep(sampleMs);
    last = { atMs: performance.now(), done: await done(), cpuSeconds: cpuSeconds() };
    if (warm === null && last.done >= warmFrom * spans) warm = last;
  }
  const from = warm === null || warm.done >= last.done ? first : warm;
  return {
    stage,
    spans,
    coldSpansPerCpuSecond: rate(first, last),
    spansPerCpuSecond: rate(from, last),
    spansPerSecond: Math.round(((last.done - first.done) * 1000) / (last.atMs - first.atMs)),
    peakRssMb: pids.reduce((sum, pid) => sum + peakRssMbOf(pid), 0),
    besideUsPerSpan: Object.fromEntries(
      besideBefore.map(({ name, pid, cpu }) => [name, round(((cpuSecondsOf(pid) - cpu) * 1e6) / spans)]),
    ),
    calibrationSeconds: round(calibrationSeconds),
  };
}

function rate(from: Sample, to: Sample): number {
  return Math.round((to.done - from.done) / Math.max(to.cpuSeconds - from.cpuSeconds, 0.01));
}

function round(figure: number): number {
  return Math.round(figure * 100) / 100;
}
