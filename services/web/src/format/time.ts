const dayMs = 86_400_000;
const day = { month: 'short', day: 'numeric' } as const;
const minute = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const second = { ...minute, second: '2-digit' } as const;

/** A time of day where it is of today, with its date where it is not, in the viewer's zone. */
export function localTime(timeMs: number, nowMs: number, language: string): string {
  const [time, now] = [new Date(timeMs), new Date(nowMs)];
  const isToday = time.toDateString() === now.toDateString();
  return new Intl.DateTimeFormat(localeOf(language), isToday ? second : { ...day, ...second }).format(time);
}

/** `10:14`, with the day where a window of `windowMs` is longer than one. */
export function timeInWindow(timeMs: number, windowMs: number, language: string): string {
  const isLong = windowMs > dayMs;
  const format = isLong ? ({ ...minute, month: 'numeric', day: 'numeric' } as const) : minute;
  return new Intl.DateTimeFormat(localeOf(language), format).format(timeMs);
}

/** What a tick of an axis says: a day where one begins, else what tells it from ticks that are `stepMs` away. */
export function tickTime(timeMs: number, stepMs: number, language: string): string {
  const time = new Date(Math.round(timeMs));
  const isDay = stepMs >= dayMs || time.getTime() === new Date(time).setHours(0, 0, 0, 0);
  if (!isDay && time.getMilliseconds() > 0) return `.${String(time.getMilliseconds()).padStart(3, '0')}`;
  const format = isDay ? day : stepMs < 60_000 ? second : minute;
  return new Intl.DateTimeFormat(localeOf(language), format).format(time);
}

/** To the millisecond, in UTC: what stands behind every time of the page. */
export function utcTime(timeMs: number): string {
  return `${new Date(timeMs).toISOString().replace('T', ' ').slice(0, 23)} UTC`;
}

/** `3 h ago`. */
export function ago(timeMs: number, nowMs: number, language: string): string {
  const seconds = Math.round((timeMs - nowMs) / 1000);
  const steps = [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
    ['second', 1],
  ] as const;
  const [unit, length] = steps.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
  const format = new Intl.RelativeTimeFormat(localeOf(language), { numeric: 'auto', style: 'short' });
  return format.format(Math.trunc(seconds / length), unit);
}

/** For `Intl`. */
export function localeOf(language: string): string {
  return language === 'en-XA' ? 'en' : language;
}
