import { duration } from '../../format/duration.ts';
import { percent } from '../../format/number.ts';
import { errorRate } from './graph.ts';
import type { Coloring } from '../params.ts';

/** How something does: said by colour, by dashes and by a text, so that no one needs the colour. */
export interface Health {
  readonly level: Level;
  /** `3.2 %`, `×2.1`; empty where nothing is to be said. */
  readonly text: string;
}

/** `better` only against a baseline. */
export type Level = 'better' | 'usual' | 'worse' | 'bad';

export interface Figures {
  readonly calls: number;
  readonly errors: number;
  readonly durationMs: Readonly<Record<string, number>> | null;
}

/** From here on a rate of errors is told, and from here on it is bad. */
const errorLimits = { worse: 0.01, bad: 0.05 };
/** Of p95 against the baseline. */
const slowerLimits = { better: 0.67, worse: 1.25, bad: 2 };
/** Fewer calls tell nothing of a 95th percentile. */
const minCalls = 20;

export function healthOf(coloring: Coloring, now: Figures, base: Figures | undefined): Health {
  return coloring === 'errors' ? errorHealth(now) : durationHealth(now, base);
}

function errorHealth(now: Figures): Health {
  const rate = errorRate(now);
  const level = rate >= errorLimits.bad ? 'bad' : rate >= errorLimits.worse ? 'worse' : 'usual';
  return { level, text: level === 'usual' ? '' : percent(rate) };
}

function durationHealth(now: Figures, base: Figures | undefined): Health {
  const times = slowdown(now, base);
  if (times === null) return { level: 'usual', text: '' };
  const { better, worse, bad } = slowerLimits;
  const level = times >= bad ? 'bad' : times >= worse ? 'worse' : times <= better ? 'better' : 'usual';
  return { level, text: level === 'usual' ? '' : `×${times.toPrecision(times >= 10 ? 3 : 2)}` };
}

/** p95 as a multiple of the baseline's; null where either says too little. */
export function slowdown(now: Figures, base: Figures | undefined): number | null {
  const [after, before] = [now.durationMs?.['p95'], base?.durationMs?.['p95']];
  if (after === undefined || before === undefined || before <= 0) return null;
  return now.calls < minCalls || (base?.calls ?? 0) < minCalls ? null : after / before;
}

/** `p95 12.0 ms`, or nothing. */
export function p95Text({ durationMs }: Figures): string {
  return durationMs?.['p95'] === undefined ? '' : duration(durationMs['p95']);
}

/** Width of a line by its calls, in px: by their logarithm, for they differ a thousandfold. */
export function strokeWidth(calls: number, mostCalls: number): number {
  if (mostCalls <= 0) return 1.2;
  return 1.2 + 4.8 * (Math.log1p(Math.max(0, calls)) / Math.log1p(mostCalls));
}
