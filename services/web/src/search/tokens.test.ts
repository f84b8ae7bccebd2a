import { describe, expect, test } from 'vitest';

import { withCondition, withSpan } from './tokens.ts';

describe('a condition on a span, added to a query', () => {
  test.each([
    ['', 'span.a = "b"'],
    ['service = cart', '{service = cart} and {span.a = "b"}'],
    ['service = cart or status = error', '{service = cart or status = error} and {span.a = "b"}'],
    ['{service = cart or name = x} >> {}', '{service = cart or name = x} >> {} and {span.a = "b"}'],
    ['{service = cart} or trace.errors > 1', '({service = cart} or trace.errors > 1) and {span.a = "b"}'],
    ['name = "{ or }"', '{name = "{ or }"} and {span.a = "b"}'],
  ])('%s', (query, added) => {
    expect(withSpan(query, 'span.a = "b"', true)).toBe(added);
  });

  test('or that none meets it', () => {
    expect(withSpan('', 'span.a = "b"', false)).toBe('not {span.a = "b"}');
    expect(withSpan('service = cart', 'span.a = "b"', false)).toBe('{service = cart} and not {span.a = "b"}');
  });
});

test('a condition on the trace keeps what an or joins together', () => {
  expect(withCondition('a.b = 1 or c.d = 2', 'trace.spans > 3')).toBe('(a.b = 1 or c.d = 2) and trace.spans > 3');
  expect(withCondition('{a.b = 1 or c.d = 2}', 'trace.spans > 3')).toBe('{a.b = 1 or c.d = 2} and trace.spans > 3');
});
