import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everyTrace } from './ast.ts';
import { hasChain } from './chain.ts';
import { parseField, parseQuery } from './parser.ts';
import { printField, printQuery } from './printer.ts';
import { anyQuery } from './testing/arbitraries.ts';

/** The query printed again, or where and why not. */
function read(text: string): unknown {
  const parsed = parseQuery(text);
  if (parsed.ok) return printQuery(parsed.value);
  const { from, to, nearest, message } = parsed.error;
  return { at: text.slice(from, to), from, nearest, message };
}

describe('a query', () => {
  it('is the same tree after it was printed and parsed again', () => {
    fc.assert(
      fc.property(anyQuery, (query) => {
        expect(parseQuery(printQuery(query))).toEqual({ ok: true, value: query });
      }),
      { numRuns: 2000 },
    );
  });

  it('never makes the parser throw, and an error lies inside it', () => {
    const words = [
      '{',
      '}',
      '(',
      ')',
      'and',
      'not',
      'in',
      'exists',
      'service',
      '=',
      '"x"',
      '5ms',
      'a.b',
      '>>',
      ' ',
      '"',
    ];
    const text = fc.oneof(
      fc.string(),
      fc.array(fc.constantFrom(...words)).map((all) => all.join(' ')),
    );
    fc.assert(
      fc.property(text, (query) => {
        const parsed = parseQuery(query);
        if (parsed.ok) return;
        expect(parsed.error.from).toBeGreaterThanOrEqual(0);
        expect(parsed.error.to).toBeGreaterThanOrEqual(parsed.error.from);
        expect(parsed.error.to).toBeLessThanOrEqual(query.length);
        expect(parsed.error.message).not.toBe('');
      }),
      { numRuns: 3000 },
    );
  });

  it('that is empty finds every trace', () => {
    expect(parseQuery('  ')).toEqual({ ok: true, value: everyTrace });
    expect(parseQuery('{}')).toEqual({ ok: true, value: everyTrace });
  });

  it.each([
    ['service=checkout', 'service = "checkout"'],
    ['SERVICE = 1', { at: 'SERVICE', nearest: 'service' }],
    ['service = "a" AND status = Error', 'service = "a" and status = "error"'],
    ['duration > 0.2s and duration<=1h', 'duration > 200ms and duration <= 1h'],
    ['a.b = 4kB or a.b >= 1KiB', 'a.b = 4000 or a.b >= 1024'],
    ['service not in (a, "b", 2fa)', 'not service in ("a", "b", "2fa")'],
    ['exists span."x y" and resource.host.name ~ "^a"', 'exists span."x y" and resource.host.name ~ "^a"'],
    ['not (service = a or service = b)', 'not (service = "a" or service = "b")'],
    ['(service = a and name = b) and kind = server', 'service = "a" and name = "b" and kind = "server"'],
    [
      '{service = "checkout" and status = error} and {db.system.name = "postgresql" and duration > 200ms}',
      '{service = "checkout" and status = "error"} and {db.system.name = "postgresql" and duration > 200ms}',
    ],
    [
      '{service=a}>>{}>>{status=error} and trace.duration>1s',
      '{service = "a"} >> {} >> {status = "error"} and trace.duration > 1s',
    ],
  ])('%s', (text, printed) =>
    expect(read(text)).toEqual(typeof printed === 'string' ? printed : expect.objectContaining(printed)),
  );

  it.each([
    ['servce = "a"', 'servce', 'service'],
    ['service = "a" adn status = error', 'adn', 'and'],
    ['status = eror', 'eror', 'error'],
    ['kind = servr', 'servr', 'server'],
    ['trace.verdict = incomplet', 'incomplet', 'incomplete'],
    ['trace.span > 5', 'trace.span', 'trace.spans'],
    ['duration > 200', '200', '200ms'],
    ['duration > 5sm', '5sm', '5ms'],
    ['trace.spans = many', 'many', null],
    ['service < "a"', '<', null],
    ['service = ', '', null],
    ['service', '', null],
    ['= "a"', '=', null],
    ['service = and', 'and', '"and"'],
    ['a.b > 5ms', '5ms', '"5ms"'],
    ['service = "a', '"a', null],
    ["service = 'a'", "'", null],
    ['service ! "a"', '!', '!='],
    ['{service = a', '', null],
    ['{service = a} and name = b', 'name', null],
    ['service = a)', ')', null],
    ['span. = 1', 'span.', null],
    ['exists duration', 'duration', null],
    ['service = "\\x"', '"\\x"', null],
  ])('%s is refused where it is wrong', (text, at, nearest) => expect(read(text)).toMatchObject({ at, nearest }));

  it('says what could stand there', () => {
    expect(read('servce = "a"')).toMatchObject({
      message: 'There is no field servce; an attribute of that name is span.servce. Did you mean service?',
    });
    expect(read('service "a"')).toMatchObject({
      message: 'Expected = != ~ in not in, but "a" stands here.',
    });
  });

  it('is bounded in length, depth, conditions and chains', () => {
    expect(read(`service = "${'a'.repeat(5000)}"`)).toMatchObject({ from: 4096 });
    expect(read('not '.repeat(1000) + 'service = a')).toMatchObject({ message: 'Nested deeper than 32.' });
    expect(read(Array.from({ length: 65 }, () => 'name=a').join(' or '))).toHaveProperty('message');
    expect(read('{}>>{}>>{}>>{}>>{}')).toMatchObject({ message: 'At most 4 sets can be chained.' });
  });
});

describe('a field by itself', () => {
  it.each(['service', 'trace.verdict', 'span."x y"', 'resource.host.name', 'http.route'])('%s', (text) => {
    const field = parseField(text);
    expect(field.ok && printField(field.value)).toBe(text);
  });

  it.each(['', 'servce', 'service = a', 'a.b c.d'])('is not %j', (text) => expect(parseField(text).ok).toBe(false));
});

describe('descendants', () => {
  const ids = ['a', 'b', 'c', 'd'];
  it('are found at any depth, but no span descends from itself', () => {
    const parentIds = ['', 'a', 'b', 'a'];
    const lineage = { spanIds: ids, parentIds };
    expect(hasChain({ ...lineage, met: [1, 0, 2, 0] }, 2)).toBe(true);
    expect(hasChain({ ...lineage, met: [2, 0, 1, 0] }, 2)).toBe(false);
    expect(hasChain({ ...lineage, met: [0, 0, 3, 0] }, 2)).toBe(false);
    expect(hasChain({ ...lineage, met: [0, 0, 2, 1] }, 2)).toBe(false);
    expect(hasChain({ ...lineage, met: [1, 2, 4, 0] }, 3)).toBe(true);
    expect(hasChain({ ...lineage, met: [1, 4, 2, 0] }, 3)).toBe(false);
  });

  it('may go in circles where the data is broken', () => {
    const loop = { spanIds: ids, parentIds: ['b', 'a', 'a', 'd'] };
    expect(hasChain({ ...loop, met: [0, 1, 2, 0] }, 2)).toBe(true);
    expect(hasChain({ ...loop, met: [3, 0, 0, 0] }, 2)).toBe(true);
    expect(hasChain({ ...loop, met: [0, 0, 1, 2] }, 2)).toBe(false);
  });

  it('of a trace 50,000 spans deep take no time', () => {
    const spanIds = Array.from({ length: 50_000 }, (_, at) => String(at));
    const parentIds = spanIds.map((_, at) => String(at - 1));
    const met = spanIds.map((_, at) => (at === 0 ? 1 : at === 49_999 ? 2 : 0));
    expect(hasChain({ spanIds, parentIds, met }, 2)).toBe(true);
  });
});
