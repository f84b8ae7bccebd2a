import { expect, test } from 'vitest';

import { boundOf, parseMetrics, total } from './metrics.ts';

const text = `# HELP late_seconds how late
# TYPE late_seconds histogram
late_seconds_bucket{le="6"} 1
late_seconds_bucket{le="8"} 98
late_seconds_bucket{le="10"} 99
late_seconds_bucket{le="+Inf"} 100
late_seconds_count 100
folded_total{service="a \\"b\\"",what="peer"} 3
folded_total{service="c",what="operation"} 4
`;

test('samples with their labels', () => {
  const samples = parseMetrics(text);
  expect(total(samples, 'folded_total')).toBe(7);
  expect(samples.find((sample) => sample.value === 3)?.labels).toEqual({ service: 'a "b"', what: 'peer' });
});

test('the bound that catches a share of a histogram', () => {
  const samples = parseMetrics(text);
  expect(boundOf(samples, 'late_seconds', 0.99)).toBe(10);
  expect(boundOf(samples, 'late_seconds', 1)).toBe(Infinity);
  expect(boundOf(samples, 'missing', 0.99)).toBeNull();
});
