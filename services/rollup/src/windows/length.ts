import { err, ok } from '@spanloom/span';
import type { Result } from '@spanloom/span';

/** How long windows are, and where they begin: at whole multiples, in UTC. */
export interface WindowLength {
  readonly seconds: number;
  /** Unix seconds of one of the starts. */
  readonly origin: number;
  /** As it was written: `1h`. */
  readonly text: string;
}

const unitSeconds: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400, w: 604_800 };
const maxSeconds = 31 * 86_400;
/** 1970-01-05: weeks begin on Mondays. */
const firstMonday = 4 * 86_400;

/** `15m`, `1h`, `1d`, `1w`: at most 31 days. */
export function parseLength(text: string): Result<WindowLength, string> {
  const [, amount = '', unit = ''] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  const seconds = Number(amount) * (unitSeconds[unit] ?? 0);
  if (!(seconds > 0 && seconds <= maxSeconds)) {
    return err(`${text} is no window: write 15m, 1h, 1d or 1w, at most 31 days`);
  }
  return ok({ seconds, origin: unit === 'w' ? firstMonday : 0, text });
}

/** The start of the window that holds this moment. */
export function startOf(length: WindowLength, seconds: number): number {
  return Math.floor((seconds - length.origin) / length.seconds) * length.seconds + length.origin;
}
