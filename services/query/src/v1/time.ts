import { err, ok, type Result } from '@spanloom/span';

const unitMs: Readonly<Record<string, number>> = { s: 1e3, m: 60e3, h: 3600e3, d: 86_400e3 };

/** `now`, `now-15m` (s, m, h, d) or RFC 3339, as Unix milliseconds. */
export function parseTime(text: string, nowMs: number): Result<number, string> {
  const relative = /^now(?:-(?<amount>\d{1,9})(?<unit>[smhd]))?$/.exec(text);
  if (relative !== null) {
    const { amount, unit } = relative.groups ?? {};
    const backMs = Number(amount ?? 0) * (unitMs[unit ?? 's'] ?? 0);
    return inRange(nowMs - backMs, text);
  }
  // A space instead of the T, and a plus that a URL turned into a space, are what people paste.
  const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;
  const repaired = text.replace(/ (?=\d{2}:\d{2}$)/, '+').replace(' ', 'T');
  const timeMs = rfc3339.test(repaired) ? Date.parse(repaired.toUpperCase()) : Number.NaN;
  if (Number.isNaN(timeMs)) {
    return err(`${JSON.stringify(text)} is no time: use RFC 3339 (2026-11-23T09:15:00Z) or now-1h.`);
  }
  return inRange(timeMs, text);
}

/** ClickHouse's DateTime ends in 2106. */
const lastMs = Date.UTC(2106, 0, 1);

function inRange(timeMs: number, text: string): Result<number, string> {
  if (timeMs >= 0 && timeMs < lastMs) return ok(timeMs);
  return err(`${JSON.stringify(text)} is outside 1970 to 2105.`);
}

/** Whole minutes, `from` inclusive, `to` exclusive, Unix minutes. */
export interface Window {
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** How long figures are kept by minute and by hour, before now. */
export interface Kept {
  readonly minuteRetentionMs: number;
  readonly hourRetentionMs: number;
}

/** `auto`: whole minutes, or whole hours or days where there is nothing finer any more. */
export type Step = 'auto' | '1m' | '1h' | '1d';

const stepMinutes: Readonly<Record<Exclude<Step, 'auto'>, number>> = { '1m': 1, '1h': 60, '1d': 1440 };

/** The smallest window of whole steps that holds [fromMs, toMs), or null where that is empty. */
export function wholeSteps(
  [fromMs, toMs]: readonly [number, number],
  step: Step,
  nowMs: number,
  kept: Kept,
): Window | null {
  if (fromMs >= toMs) return null;
  const minutesAt = (ms: number): number => {
    if (step !== 'auto') return stepMinutes[step];
    if (ms < nowMs - kept.hourRetentionMs) return stepMinutes['1d'];
    return ms < nowMs - kept.minuteRetentionMs ? stepMinutes['1h'] : 1;
  };
  const [from, to] = [minutesAt(fromMs), minutesAt(toMs)];
  return {
    fromMinute: Math.floor(fromMs / 60_000 / from) * from,
    toMinute: Math.ceil(toMs / 60_000 / to) * to,
  };
}

/** RFC 3339 in whole seconds, rounded down. */
export function rfc3339Seconds(timeMs: number): string {
  return new Date(Math.floor(timeMs / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}
