import { describe, expect, it } from 'vitest';
import { clausesOf } from './clauses.ts';
import { parseQuery } from './parser.ts';

describe('the clauses of a query', () => {
  it.each<[string, [text: string, alone: string, without: string][]]>([
    ['', []],
    ['service = a', [['service = a', 'service = a', '']]],
    [
      'service = a and status = error  AND  duration > 1s',
      [
        ['service = a', 'service = a', 'status = error  AND  duration > 1s'],
        ['status = error', 'status = error', 'service = a  AND  duration > 1s'],
        ['duration > 1s', 'duration > 1s', 'service = a and status = error'],
      ],
    ],
    ['service = a or status = error and duration > 1s', [['service = a or status = error and duration > 1s', '', '']]],
    [
      '(service = a or kind = server) and not (status = ok and kind in (client, server))',
      [
        ['(service = a or kind = server)', '', 'not (status = ok and kind in (client, server))'],
        ['not (status = ok and kind in (client, server))', '', '(service = a or kind = server)'],
      ],
    ],
    [
      '(service = a and kind = server) and name = "x and y"',
      [
        ['service = a', 'service = a', '(kind = server) and name = "x and y"'],
        ['kind = server', 'kind = server', '(service = a) and name = "x and y"'],
        ['name = "x and y"', 'name = "x and y"', '(service = a and kind = server)'],
      ],
    ],
    [
      '{service = a and status = error} and {kind = client} and trace.duration > 2s',
      [
        ['service = a', '{service = a}', '{status = error} and {kind = client} and trace.duration > 2s'],
        ['status = error', '{status = error}', '{service = a} and {kind = client} and trace.duration > 2s'],
        ['{kind = client}', '{kind = client}', '{service = a and status = error} and trace.duration > 2s'],
        ['trace.duration > 2s', 'trace.duration > 2s', '{service = a and status = error} and {kind = client}'],
      ],
    ],
    [
      '{service = a and kind = server} >> {service = b}',
      [
        ['service = a', '{service = a}', '{kind = server} >> {service = b}'],
        ['kind = server', '{kind = server}', '{service = a} >> {service = b}'],
        ['service = b', '{service = b}', '{service = a and kind = server} >> {}'],
      ],
    ],
    [
      '{(service = a or kind = server) and status = error}',
      [
        ['(service = a or kind = server)', '{(service = a or kind = server)}', '{status = error}'],
        ['status = error', '{status = error}', '{(service = a or kind = server)}'],
      ],
    ],
  ])('%s', (query, expected) => {
    const clauses = clausesOf(query);
    expect(clauses.map(({ from, to }) => query.slice(from, to))).toEqual(expected.map(([text]) => text));
    for (const [at, [text, alone, without]] of expected.entries()) {
      expect(clauses[at]?.alone).toBe(alone === '' ? text : alone);
      expect(clauses[at]?.without).toBe(without);
    }
    for (const { alone, without } of clauses) {
      expect(parseQuery(alone).ok, alone).toBe(true);
      expect(parseQuery(without).ok, without).toBe(true);
    }
  });
});
