import { describe, expect, it } from 'vitest';
import { dueWindows, windowsWithin } from './due.ts';
import { parseLength, startOf } from './length.ts';
import { parseSchedule } from './schedule.ts';
import type { Timed } from './due.ts';

function timed(pattern: string, timezone: string, length: string): Timed {
  const schedule = parseSchedule(pattern, timezone);
  const window = parseLength(length);
  if (!schedule.ok || !window.ok) throw new Error('the test is wrong');
  return { schedule: schedule.value, window: window.value };
}

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString().replace(':00.000Z', '');

/** Windows in the order in which somebody who looks every ten minutes sees them come due, with the time. */
function seen(what: Timed, from: string, to: string): string[] {
  const lines: string[] = [];
  const known = new Set(dueWindows(what, Date.parse(from)).map((window) => window.fromSeconds));
  for (let nowMs = Date.parse(from); nowMs < Date.parse(to); nowMs += 600_000) {
    for (const window of dueWindows(what, nowMs)) {
      if (known.has(window.fromSeconds)) continue;
      known.add(window.fromSeconds);
      lines.push(`${iso(nowMs / 1000)}: ${iso(window.fromSeconds)} to ${iso(window.toSeconds)}`);
    }
  }
  return lines;
}

describe('windows that are due', () => {
  it('are whole days in UTC, one each, also where the clocks go forward over the time of the schedule', () => {
    expect(seen(timed('30 2 * * *', 'Europe/Berlin', '1d'), '2026-03-28T12:00Z', '2026-03-31T12:00Z')).toEqual([
      '2026-03-29T01:00: 2026-03-28T00:00 to 2026-03-29T00:00',
      '2026-03-30T00:30: 2026-03-29T00:00 to 2026-03-30T00:00',
      '2026-03-31T00:30: 2026-03-30T00:00 to 2026-03-31T00:00',
    ]);
  });

  it('come once where the clocks go back and the time of the schedule comes twice', () => {
    expect(seen(timed('30 2 * * *', 'Europe/Berlin', '1d'), '2026-10-24T12:00Z', '2026-10-27T12:00Z')).toEqual([
      '2026-10-25T00:30: 2026-10-24T00:00 to 2026-10-25T00:00',
      '2026-10-26T01:30: 2026-10-25T00:00 to 2026-10-26T00:00',
      '2026-10-27T01:30: 2026-10-26T00:00 to 2026-10-27T00:00',
    ]);
  });

  it('are every hour once, through both changes and in a zone that is half an hour off', () => {
    const changes = {
      'Europe/Berlin': ['2026-03-29', '2026-10-25'],
      'Australia/Lord_Howe': ['2026-04-04', '2026-10-03'],
    };
    for (const [zone, days] of Object.entries(changes)) {
      for (const day of days) {
        const lines = seen(timed('10 * * * *', zone, '1h'), `${day}T00:00Z`, `${day}T23:59Z`);
        const starts = lines.map((line) => Date.parse(`${line.slice(18, 34)}Z`));
        const [first = 0] = starts;
        expect(starts).toEqual(starts.map((_, hour) => first + hour * 3_600_000));
        expect(starts.length).toBeGreaterThanOrEqual(23);
      }
    }
  });

  it('are all those of the last day where the schedule is rarer than the windows', () => {
    const due = dueWindows(timed('0 6 * * *', 'UTC', '1h'), Date.parse('2026-05-02T07:00Z'));
    expect(due).toHaveLength(25 - 1);
    expect(iso(due[0]?.fromSeconds ?? 0)).toBe('2026-05-01T06:00');
    expect(iso(due.at(-1)?.toSeconds ?? 0)).toBe('2026-05-02T06:00');
    expect(new Set(due.map((window) => window.dueMs))).toEqual(new Set([Date.parse('2026-05-02T06:00Z')]));
  });

  it('are made up for a day, and the newest one for as long as it takes', () => {
    expect(dueWindows(timed('0 * * * *', 'UTC', '1h'), Date.parse('2026-05-02T07:10Z'))).toHaveLength(24);
    const weekly = dueWindows(timed('0 3 * * 1', 'UTC', '1w'), Date.parse('2026-05-10T07:10Z'));
    expect(weekly.map((window) => [iso(window.fromSeconds), iso(window.toSeconds)])).toEqual([
      ['2026-04-27T00:00', '2026-05-04T00:00'],
    ]);
  });
});

describe('windows within a range', () => {
  it('are whole, and do not overlap', () => {
    const hour = timed('@hourly', 'UTC', '1h').window;
    const at = Date.parse('2026-05-02T07:10Z') / 1000;
    const windows = windowsWithin(hour, at, at + 3 * 3600);
    expect(windows.map((window) => [iso(window.fromSeconds), iso(window.toSeconds)])).toEqual([
      ['2026-05-02T08:00', '2026-05-02T09:00'],
      ['2026-05-02T09:00', '2026-05-02T10:00'],
    ]);
    expect(windowsWithin(hour, at, at + 3599)).toEqual([]);
  });
});

describe('lengths and schedules', () => {
  it('of weeks begin on a Monday', () => {
    const week = timed('@weekly', 'UTC', '1w').window;
    expect(iso(startOf(week, Date.parse('2026-11-25T22:00Z') / 1000))).toBe('2026-11-23T00:00');
  });

  it.each(['0h', '32d', '1y', 'day', '', '1.5h', '-1h'])('%s is no window', (text) => {
    expect(parseLength(text)).toMatchObject({ ok: false });
  });

  it.each([
    ['61 * * * *', 'UTC', '61 * * * * is no schedule: Invalid value for minute: 61'],
    ['* * * * * *', 'UTC', /is no schedule: mode '5-part' requires exactly 5 parts/],
    ['0 0 * * *', 'Mars/Base', 'there is no time zone Mars/Base: use a name such as Europe/Berlin'],
    ['0 0 30 2 *', 'UTC', 'the schedule 0 0 30 2 * never comes'],
  ])('%s in %s is refused', (pattern, zone, reason) => {
    const parsed = parseSchedule(pattern, zone);
    expect(parsed.ok ? '' : parsed.error).toEqual(typeof reason === 'string' ? reason : expect.stringMatching(reason));
  });
});
