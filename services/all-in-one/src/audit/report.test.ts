import { expect, test } from 'vitest';

import { type Findings, reportOf, totalsOf } from './report.ts';

const clean: Findings = {
  partition: 0,
  low: 10,
  high: 100,
  watermark: 90,
  acknowledged: [
    { from: 10, to: 50 },
    { from: 51, to: 100 },
  ],
  stored: [
    { from: 0, to: 50 },
    { from: 51, to: 80 },
    { from: 81, to: 95 },
  ],
  doubled: [],
  doubledCount: 0,
  deadLetters: [{ from: 80, to: 81 }],
  expired: [],
};

test('stored, dead-lettered or in flight: clean', () => {
  expect(reportOf('s', [clean])).toEqual({
    stream: 's',
    clean: true,
    partitions: [
      {
        partition: 0,
        acknowledged: 89,
        stored: 83,
        deadLettered: 1,
        inFlight: 5,
        missing: { count: 0, offsets: [] },
        doubled: { count: 0, offsets: [] },
        unknown: { count: 0, offsets: [] },
        expiredUnread: { count: 0, offsets: [] },
      },
    ],
  });
});

test('sums over all partitions', () => {
  const lost = { ...clean, partition: 1, deadLetters: [], doubled: [{ offset: 12, times: 2 }], doubledCount: 3 };
  expect(totalsOf(reportOf('s', [clean, lost]))).toEqual({
    stream: 's',
    clean: false,
    partitions: 2,
    acknowledged: 178,
    stored: 166,
    deadLettered: 1,
    inFlight: 10,
    missing: 1,
    doubled: 3,
    unknown: 0,
    expiredUnread: 0,
  });
});

test.each([
  ['below the watermark and nowhere', { deadLetters: [] }, { missing: { count: 1, offsets: ['80'] } }],
  [
    'stored twice',
    { doubled: [{ offset: 12, times: 2 }], doubledCount: 1 },
    { doubled: { count: 1, offsets: ['12 (2 times)'] } },
  ],
  ['stored where the log has a tick', { stored: [{ from: 0, to: 95 }] }, { unknown: { count: 1, offsets: ['50'] } }],
  [
    'expired before it was read',
    {
      low: 10,
      expired: [{ from: 3, to: 10 }],
      stored: [
        { from: 0, to: 5 },
        { from: 10, to: 50 },
        { from: 51, to: 95 },
      ],
    },
    { expiredUnread: { count: 5, offsets: ['5-9'] } },
  ],
])('%s: not clean', (_, change, expected) => {
  const report = reportOf('s', [{ ...clean, ...change }]);
  expect(report.clean).toBe(false);
  expect(report.partitions[0]).toMatchObject(expected);
});
