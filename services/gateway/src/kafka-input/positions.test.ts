import { expect, test } from 'vitest';
import { judge, sentenceOf } from './positions.ts';
import { inputTopicsOf } from './settings.ts';

test.each([
  [{ next: -1, low: 5, high: 9 }, { type: 'fine' }],
  [{ next: 5, low: 5, high: 9 }, { type: 'fine' }],
  [{ next: 9, low: 5, high: 9 }, { type: 'fine' }],
  [
    { next: 2, low: 5, high: 9 },
    { type: 'expired', records: 3 },
  ],
  [{ next: 10, low: 0, high: 9 }, { type: 'restarted' }],
])('%j is %j', (position, finding) => {
  expect(judge(position)).toEqual(finding);
});

test('a finding names the place', () => {
  const position = { topic: 'otlp_spans', partition: 3, next: 10, low: 0, high: 9 };
  expect(sentenceOf(position, judge(position))).toBe(
    'Partition 3 of otlp_spans ends at offset 9, we were at 10: the topic was made anew; it is read from its beginning.',
  );
  expect(sentenceOf({ ...position, next: 9 }, { type: 'fine' })).toBe(null);
});

test('topics of the setting, without blanks and doubles', () => {
  expect(inputTopicsOf(' otlp_spans,edge.spans ,, otlp_spans')).toEqual(['otlp_spans', 'edge.spans']);
  expect(inputTopicsOf('')).toEqual([]);
});
