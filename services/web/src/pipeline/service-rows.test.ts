import { expect, it } from 'vitest';

import { rowsByService } from './service-rows.ts';

it('has all services first, then that which takes the most', () => {
  const service = (name: string) => ({ environment: '', namespace: '', name });
  const rows = rowsByService([
    {
      day: '2026-11-25',
      spans: 30,
      traceBytes: 300,
      figureBytes: 1,
      services: [{ service: service('a'), spans: 30, bytes: 300 }],
    },
    {
      day: '2026-11-26',
      spans: 20,
      traceBytes: 900,
      figureBytes: 1,
      services: [
        { service: service('a'), spans: 10, bytes: 100 },
        { service: service('b'), spans: 10, bytes: 800 },
      ],
    },
  ]);
  expect(rows.map((row) => [row.service?.name, row.total.spans, row.total.bytes])).toEqual([
    [undefined, 50, 1200],
    ['b', 10, 800],
    ['a', 40, 400],
  ]);
  expect(rows[1]?.byDay.get('2026-11-25')).toBeUndefined();
});
