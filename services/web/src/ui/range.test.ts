import { describe, expect, test } from 'vitest';

import { fixedHref } from './range.ts';

const nowMs = Date.parse('2026-11-23T10:00:00Z');

describe('a fixed link', () => {
  const fixed = (search: string) =>
    Object.fromEntries(new URL(fixedHref(`https://host/a/map${search}`, nowMs)).searchParams);

  test('says where the ends of a relative window are now, also of the usual one', () => {
    const lastHour = { from: '2026-11-23T09:00:00.000Z', to: '2026-11-23T10:00:00.000Z' };
    expect(fixed('')).toEqual(lastHour);
    expect(fixed('?from=now-1h&to=now&q=now-1h')).toEqual({ ...lastHour, q: 'now-1h' });
    expect(fixed('?from=now-2d')).toEqual({ ...lastHour, from: '2026-11-21T10:00:00.000Z' });
  });

  test('fixes the window that is compared with, too', () => {
    expect(fixed('?baseFrom=now-2h&baseTo=now-1h')).toMatchObject({
      baseFrom: '2026-11-23T08:00:00.000Z',
      baseTo: '2026-11-23T09:00:00.000Z',
    });
  });

  test('leaves what is fixed already, or cannot be read', () => {
    const search = { from: '2026-11-23T08:30:00.000Z', to: 'tomorrow' };
    expect(fixed(`?${new URLSearchParams(search).toString()}`)).toEqual(search);
  });
});
