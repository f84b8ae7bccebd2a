import { describe, expect, it } from 'vitest';
import { completeness } from './completeness.ts';
import { parseQuantiles } from './quantiles.ts';
import { parseTime, rfc3339Seconds, wholeSteps } from './time.ts';

const nowMs = Date.parse('2026-11-23T10:15:03.500Z');
const kept = { minuteRetentionMs: 90 * 86_400_000, hourRetentionMs: 400 * 86_400_000 };

describe('the window of a question', () => {
  it.each([
    ['now', nowMs],
    ['now-15m', nowMs - 900_000],
    ['now-2d', nowMs - 172_800_000],
    ['2026-11-23T09:15:00Z', Date.parse('2026-11-23T09:15:00Z')],
    ['2026-11-23T10:15:00.25+01:00', Date.parse('2026-11-23T09:15:00.250Z')],
    ['2026-11-23 10:15:00 01:00', Date.parse('2026-11-23T09:15:00Z')],
  ])('reads %s', (text, value) => expect(parseTime(text, nowMs)).toEqual({ ok: true, value }));

  it.each([
    '',
    'yesterday',
    'now-1',
    'now-1w',
    '2026-11-23',
    '2026-13-01T00:00:00Z',
    'now-999999d',
    '2106-01-01T00:00:00Z',
  ])('refuses %j', (text) => expect(parseTime(text, nowMs).ok).toBe(false));

  it('is whole minutes that hold all of what was asked', () => {
    const window = wholeSteps([nowMs - 3_600_000, nowMs], 'auto', nowMs, kept);
    expect(window && rfc3339Seconds(window.fromMinute * 60_000)).toBe('2026-11-23T09:15:00Z');
    expect(window && rfc3339Seconds(window.toMinute * 60_000)).toBe('2026-11-23T10:16:00Z');
    expect(wholeSteps([nowMs, nowMs], 'auto', nowMs, kept)).toBeNull();
  });

  it.each([
    ['1m', '2026-11-23T09:15:00Z', '2026-11-23T10:16:00Z'],
    ['1h', '2026-11-23T09:00:00Z', '2026-11-23T11:00:00Z'],
    ['1d', '2026-11-23T00:00:00Z', '2026-11-24T00:00:00Z'],
  ] as const)('is widened to whole steps of %s', (step, from, to) => {
    const window = wholeSteps([nowMs - 3_600_000, nowMs], step, nowMs, kept);
    expect(rfc3339Seconds((window?.fromMinute ?? 0) * 60_000)).toBe(from);
    expect(rfc3339Seconds((window?.toMinute ?? 0) * 60_000)).toBe(to);
  });

  it('is whole hours or days where there is nothing finer any more', () => {
    const at = (days: number): number => nowMs - days * 86_400_000;
    const window = wholeSteps([at(401), at(91)], 'auto', nowMs, kept);
    expect(rfc3339Seconds((window?.fromMinute ?? 0) * 60_000)).toBe('2025-10-18T00:00:00Z');
    expect(rfc3339Seconds((window?.toMinute ?? 0) * 60_000)).toBe('2026-08-24T11:00:00Z');
  });
});

describe('quantiles', () => {
  it('are named by their percent', () => {
    expect(parseQuantiles('0.5,.95, 0.999,0.29,0.5')).toEqual({
      ok: true,
      value: [
        { name: 'p50', q: 0.5 },
        { name: 'p95', q: 0.95 },
        { name: 'p99.9', q: 0.999 },
        { name: 'p29', q: 0.29 },
      ],
    });
  });

  it.each(['', '0', '1', '1.5', 'p95', '0.5,,0.9', Array.from({ length: 21 }, (_, i) => `0.${i + 100}`).join()])(
    'refuses %j',
    (text) => expect(parseQuantiles(text).ok).toBe(false),
  );
});

describe('how far figures are complete', () => {
  const maxAgeMs = 300_000;

  it('is the slowest partition, less a second of clock skew', () => {
    const marks = [
      { partition: 0, streamTimeMs: 1_000_000 },
      { partition: 1, streamTimeMs: 998_000 },
    ];
    expect(completeness(marks, maxAgeMs)).toEqual({ completeToMs: 997_000, behind: [] });
  });

  it('leaves out and names a partition that is stuck or was never seen', () => {
    const stuck = { partition: 1, streamTimeMs: 1_000_000 - maxAgeMs - 60_001 };
    const unseen = { partition: 2, streamTimeMs: null };
    expect(completeness([{ partition: 0, streamTimeMs: 1_000_000 }, stuck, unseen], maxAgeMs)).toEqual({
      completeToMs: 999_000,
      behind: [stuck, unseen],
    });
  });

  it.each([
    ['nothing was stored', null],
    ['no batch had a watermark yet', 0],
  ])('is unknown where %s', (_, streamTimeMs) => {
    const unseen = { partition: 0, streamTimeMs: null };
    expect(completeness([{ partition: 0, streamTimeMs }], maxAgeMs)).toEqual({ completeToMs: null, behind: [unseen] });
  });
});
