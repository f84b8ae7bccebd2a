import { describe, expect, test } from 'vitest';

import { type Field, accepted, completingAt, proposals } from './completion.ts';
import { valueText, withCondition } from './tokens.ts';

/** `|` is the caret. */
function at(marked: string) {
  const caret = marked.indexOf('|');
  const query = marked.replace('|', '');
  return { query, ...completingAt(query, caret) };
}

describe('what is completed', () => {
  test.each([
    ['|', 'field', '', ''],
    ['ser|', 'field', 'ser', ''],
    ['service |', 'operator', '', 'service'],
    ['service = |', 'value', '', 'service'],
    ['service = che|', 'value', 'che', 'service'],
    ['service = "che|', 'value', 'che', 'service'],
    ['service = "a \\" b|', 'value', 'a \\" b', 'service'],
    ['service = "checkout"|', 'joiner', '', 'service'],
    ['service = checkout |', 'joiner', '', 'service'],
    ['service = checkout and |', 'field', '', ''],
    ['service in (cart, |', 'value', '', 'service'],
    ['service in (cart) |', 'joiner', '', 'service'],
    ['service not in (|', 'value', '', 'service'],
    ['not |', 'field', '', ''],
    ['exists http.ro|', 'field', 'http.ro', ''],
    ['exists http.route |', 'joiner', '', 'http.route'],
    ['(service = a or |', 'field', '', ''],
    ['{service = a} >> {|', 'field', '', ''],
    ['span."my key" |', 'operator', '', 'span."my key"'],
    ['serv| = cart', 'field', 'serv', ''],
    ['duration > 200|', 'value', '200', 'duration'],
  ])('%s', (marked, want, typed, field) => {
    expect(at(marked)).toMatchObject({ want, typed, field });
  });

  test('knows that a set can have descendants', () => {
    expect(at('{service = a} |').afterSet).toBe(true);
    expect(at('service = a |').afterSet).toBe(false);
  });
});

const fields: readonly Field[] = [
  { name: 'service', type: 'text', help: 'Name of the service.' },
  { name: 'status', type: 'choice' },
  { name: 'duration', type: 'duration' },
  { name: 'root.service', type: 'text' },
  { name: 'http.route', type: 'attribute' },
];
const proposed = (marked: string, values: readonly string[] = []) =>
  proposals(at(marked), fields, values).map(({ text }) => text);

describe('proposals', () => {
  test('those that begin with what is typed come first', () => {
    expect(proposed('ser|')).toEqual(['service', 'root.service']);
  });
  test('operators are those of the type', () => {
    expect(proposed('status |')).toEqual(['=', '!=', 'in (', 'not in (']);
    expect(proposed('duration |')[0]).toBe('>=');
  });
  test('values are quoted where they need it, and found without the quote', () => {
    expect(proposed('http.route = |', ['/cart/{id}', 'plain', 'and'])).toEqual(['"/cart/{id}"', 'plain', '"and"']);
    expect(proposed('http.route = "/ca|', ['/cart/{id}'])).toEqual(['"/cart/{id}"']);
  });
  test('what is written already is not proposed', () => {
    expect(proposed('service|')).toEqual(['root.service']);
  });
  test('an accepted one takes the place of what was typed', () => {
    const place = at('{ser| and status = error}');
    expect(accepted(place.query, place, { text: 'service', help: '' })).toEqual({
      query: '{service and status = error}',
      caret: 9,
    });
    const list = at('service |');
    expect(accepted(list.query, list, { text: 'in (', help: '' })).toEqual({ query: 'service in (', caret: 12 });
    const end = at('ser|');
    expect(accepted(end.query, end, { text: 'service', help: '' })).toEqual({ query: 'service ', caret: 8 });
  });
});

test('a condition is added to any query', () => {
  expect(withCondition(' ', 'trace.duration > 2s')).toBe('trace.duration > 2s');
  expect(withCondition('service = a', 'trace.duration > 2s')).toBe('service = a and trace.duration > 2s');
  expect(withCondition('a.b = 1 or c.d = 2', 'x')).toBe('(a.b = 1 or c.d = 2) and x');
  expect(withCondition('service = "or"', 'x')).toBe('service = "or" and x');
});

test.each([
  ['checkout', 'checkout'],
  ['GET /cart', '"GET /cart"'],
  ['500', '500'],
  ['in', '"in"'],
  ['', '""'],
])('the value %s in a query', (value, text) => {
  expect(valueText(value)).toBe(text);
});
