import { defaultRange } from '../app/search-params.ts';

const relative = /^now(?:-(\d+)([smhd]))?$/;
const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Whether a moment moves with the clock. */
export function isRelative(text: string): boolean {
  return relative.test(text);
}

/** A moment as the API takes it, in milliseconds since 1970; null where it is none. */
export function momentMs(text: string, nowMs: number): number | null {
  const match = relative.exec(text);
  if (match !== null) return nowMs - Number(match[1] ?? 0) * (unitMs[match[2] ?? 's'] ?? 0);
  const time = Date.parse(text.trim().replace(/^(\d{4}-\d\d-\d\d) /, '$1T'));
  return Number.isNaN(time) ? null : time;
}

/** What somebody typed, as the API takes it: relative as it is, anything else as RFC 3339 in UTC. */
export function momentText(text: string, nowMs: number): string | null {
  if (relative.test(text.trim())) return text.trim();
  const time = momentMs(text, nowMs);
  return time === null ? null : new Date(time).toISOString();
}

export interface Range {
  readonly from: string;
  readonly to: string;
}

/** The same page with the ends of its windows where they are now: whenever it is opened, it shows what is shown here. */
export function fixedHref(href: string, nowMs: number): string {
  const url = new URL(href);
  for (const [name, usual] of Object.entries(ends)) {
    const timeMs = momentMs(url.searchParams.get(name) ?? usual, nowMs);
    if (timeMs !== null) url.searchParams.set(name, new Date(timeMs).toISOString());
  }
  return url.href;
}

/** The ends of windows in the URL, and where they are if it does not say; only a comparison has a second one. */
const ends = { ...defaultRange, baseFrom: '', baseTo: '' } as const;

export const quickRanges = ['now-5m', 'now-15m', 'now-1h', 'now-3h', 'now-12h', 'now-1d', 'now-7d'] as const;

/** `{ count: 15, unit: 'minutes' }` of `now-15m`; null where it is not of whole minutes, hours or days. */
export function relativeLength(
  from: string,
): { readonly count: number; readonly unit: 'minutes' | 'hours' | 'days' } | null {
  const match = relative.exec(from);
  const unit = ({ m: 'minutes', h: 'hours', d: 'days' } as const)[match?.[2] as 'm' | 'h' | 'd'];
  return match === null || unit === undefined ? null : { count: Number(match[1]), unit };
}
