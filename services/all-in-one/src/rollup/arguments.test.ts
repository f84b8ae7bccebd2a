import { describe, expect, it } from 'vitest';

import { splitRollupArguments, timeOf } from './arguments.ts';

describe('arguments of spanloom rollup', () => {
  it('are told from settings', () => {
    const { own, settings } = splitRollupArguments(
      'backfill new-edges --from now-30d --to=2026-11-23 --again --data-dir /x --rollup-dir y'.split(' '),
    );
    expect(settings).toEqual(['--data-dir', '/x', '--rollup-dir', 'y']);
    expect(own).toEqual({
      ok: true,
      value: {
        action: 'backfill',
        name: 'new-edges',
        from: 'now-30d',
        to: '2026-11-23',
        dryRun: false,
        again: true,
        json: false,
      },
    });
  });

  it.each([
    ['lst', 'There is no "rollup lst".'],
    ['run', 'run needs the name of a rollup.'],
    ['status x', 'x is too much.'],
    ['run a b', 'a b is too much.'],
    ['backfill a --from', '--from has no value.'],
  ])('%j is refused', (text, error) => {
    expect(splitRollupArguments(text.split(' ').filter((word) => word !== '')).own).toEqual({ ok: false, error });
  });
});

describe('times', () => {
  const nowMs = Date.parse('2026-11-25T10:00:00Z');

  it.each([
    ['now', '2026-11-25T10:00:00Z'],
    ['now-30d', '2026-10-26T10:00:00Z'],
    ['2026-11-23', '2026-11-23T00:00:00Z'],
    ['2026-11-23 09:30', '2026-11-23T09:30:00Z'],
    ['2026-11-23T09:30:00+01:00', '2026-11-23T08:30:00Z'],
  ])('%s is %s', (text, iso) => {
    expect(timeOf(text, nowMs)).toEqual({ ok: true, value: Date.parse(iso) / 1000 });
  });

  it.each(['yesterday', 'now-1y', '2026-13-01', '23.11.2026'])('%s is none', (text) => {
    expect(timeOf(text, nowMs)).toMatchObject({ ok: false });
  });
});
