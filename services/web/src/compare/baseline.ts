import { momentMs, type Range } from '../ui/range.ts';

/** Windows to compare with: as long, right before it, a day before it, a week before it. */
export const baselines = ['previous', 'day', 'week'] as const;
export type Baseline = (typeof baselines)[number];

const dayMs = 86_400_000;

/** The window to compare `range` with. Relative to now where both ends of the range are. */
export function baselineOf(range: Range, base: Baseline, nowMs: number): Range {
  const [from, to] = [momentMs(range.from, nowMs) ?? nowMs, momentMs(range.to, nowMs) ?? nowMs];
  const shiftMs = { previous: Math.max(0, to - from), day: dayMs, week: 7 * dayMs }[base];
  const relative = range.from.startsWith('now') && range.to.startsWith('now');
  const moment = (timeMs: number) =>
    relative ? relativeText(nowMs - timeMs) : new Date(Math.round(timeMs)).toISOString();
  return { from: moment(from - shiftMs), to: moment(to - shiftMs) };
}

/** `now-2h`: in the largest unit that leaves nothing over. */
function relativeText(agoMs: number): string {
  const seconds = Math.round(agoMs / 1000);
  if (seconds <= 0) return 'now';
  for (const [unit, length] of [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
  ] as const) {
    if (seconds % length === 0) return `now-${seconds / length}${unit}`;
  }
  return `now-${seconds}s`;
}
