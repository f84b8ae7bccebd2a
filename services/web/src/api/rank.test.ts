import { describe, expect, it } from 'vitest';

import { type RankGroup, rankGroups, rankOf } from './rank.ts';

const service = { environment: '', namespace: '', name: 'cart' };
const groupOf = (more: Partial<RankGroup>): RankGroup => ({
  service,
  operation: 'SELECT',
  kind: 'client',
  names: ['SELECT'],
  spanIds: [],
  spanCount: 1,
  calls: 100,
  durationMs: { p50: 1, max: 2 },
  // 90 in (2^20, 2^20.125] ns, 10 in (2^21, 2^21.125].
  histogram: { first: 160, counts: [90, 0, 0, 0, 0, 0, 0, 0, 10] },
  ...more,
});

describe('the rank of a duration', () => {
  it.each([
    [0, 0],
    [2 ** 20 / 1e6, 0],
    [2 ** 20.0625 / 1e6, 0.45],
    [2 ** 20.125 / 1e6, 0.9],
    [2 ** 20.5 / 1e6, 0.9],
    [2 ** 21.0625 / 1e6, 0.95],
    [1e6, 1],
  ])('of %d ms is %d', (durationMs, rank) => expect(rankOf(groupOf({}), 8, durationMs)).toBeCloseTo(rank, 6));

  it('is none where nothing was measured', () => expect(rankOf(groupOf({ histogram: null }), 8, 1)).toBeNull());
});

describe('the group of a span', () => {
  const [named, single] = [groupOf({}), groupOf({ operation: '(other)', names: [], spanIds: ['a1'] })];
  const groups = rankGroups({ groups: [named, single] } as unknown as Parameters<typeof rankGroups>[0]);
  const span = { spanId: 'b1', name: 'SELECT', kind: 'client', service };

  it('is that of its name, unless the span itself is named', () => {
    expect(groups(span)).toBe(named);
    expect(groups({ ...span, spanId: 'a1' })).toBe(single);
    expect(groups({ ...span, kind: 'server' })).toBeUndefined();
    expect(groups({ ...span, service: { ...service, namespace: 'x' } })).toBeUndefined();
  });
});
