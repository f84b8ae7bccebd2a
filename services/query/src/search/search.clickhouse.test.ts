import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Span } from '@spanloom/span';
import { tracePage } from '@spanloom/store';
import { aSpan } from '../testing/spans.ts';
import { startStore, type TestStore } from '../testing/store.ts';
import { wholenessOfSpans } from '../trace/verdict.ts';
import type { TraceFilter } from './ast.ts';
import { parseQuery } from './parser.ts';
import { printQuery } from './printer.ts';
import { prepareSearch, searchOptions } from './search.ts';
import { anyQuery, anyQueryByLongest, anyTrace } from './testing/arbitraries.ts';
import { meets, type StoredTraceFacts } from './testing/evaluate.ts';

const nowMs = Math.floor(Date.now() / 1000) * 1000;
const startOf = (at: number): bigint => BigInt(nowMs - 60_000 + at * 100) * 1_000_000n;
const window = { startNs: startOf(0), endNs: startOf(1000) };

let stored: TestStore;
const someTrace = '1'.padStart(32, '0');
const facts = new Map<string, StoredTraceFacts>();

beforeAll(async () => {
  stored = await startStore();
  const ids = Array.from({ length: 150 }, (_, at) => (at + 1).toString(16).padStart(32, '0'));
  const arbitrary = fc.tuple(...ids.map((id, at) => anyTrace(id, startOf(at))));
  const [traces = []] = fc.sample(arbitrary, { numRuns: 1, seed: 7 });
  const pieces: (readonly Span[])[][] = [[], []];
  for (const trace of traces) {
    const [first = [], second] = trace;
    pieces[0]?.push(first);
    if (second !== undefined) pieces[1]?.push(second);
    facts.set(first[0]?.traceId ?? '', {
      spans: trace.flat(),
      fragments: trace.length,
      complete: trace.some((piece) => wholenessOfSpans(piece).complete),
    });
  }
  for (const batch of pieces) await stored.put(batch, nowMs);
});

afterAll(async () => await stored.remove());

async function found(query: TraceFilter): Promise<string[]> {
  const search = await prepareSearch(stored.store.read, query, window);
  const page = await tracePage(stored.store.read, { ...search, sort: 'start', limit: 1000 }, searchOptions);
  expect(page.places).toHaveLength(page.total);
  return page.places.map((place) => place.traceId).toSorted();
}

function expected(query: TraceFilter): string[] {
  return [...facts].flatMap(([traceId, trace]) => (meets(query, trace) ? [traceId] : [])).toSorted();
}

describe.each([
  ['as it was written', async () => {}],
  ['once it was merged and indexed', async () => await stored.merge()],
  ['with a fragment of before they told of their longest spans', async () => await stored.forgetLongest(someTrace)],
])('the store, %s,', (_, prepare) => {
  beforeAll(prepare);

  it.each([
    ['a query', anyQuery],
    ['one for a single span', anyQueryByLongest],
  ])('is asked for what %s means', async (_, queries) => {
    await fc.assert(
      fc.asyncProperty(queries, async (query) => {
        const got = await found(query);
        const want = expected(query);
        const wrong = [...got.filter((id) => !want.includes(id)), ...want.filter((id) => !got.includes(id))];
        expect(wrong, `${printQuery(query)}: found ${got.length}, expected ${want.length}`).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});

it.each([
  '',
  'service = "checkout" and status = error',
  '{service = "checkout"} and {service = "cart" and duration > 1ms}',
  '{service = "checkout"} >> {service = "cart"} >> {}',
  'not {service = "cart"} and trace.spans > 2',
  'trace.verdict = incomplete and trace.duration > 1s',
  'service = "cart" or trace.errors >= 3',
])('finds some, and not all: %s', async (text) => {
  const query = parseQuery(text);
  if (!query.ok) throw new Error(query.error.message);
  const ids = await found(query.value);
  expect(ids).toEqual(expected(query.value));
  expect(ids.length).toBeGreaterThan(0);
  if (text !== '') expect(ids.length).toBeLessThan(facts.size);
});

it('looks at no span where the longest ones tell', async () => {
  const looked = async (text: string): Promise<boolean> => {
    const query = parseQuery(text);
    if (!query.ok) throw new Error(query.error.message);
    const { where } = await prepareSearch(fresh.store.read, query.value, window);
    return where.some((condition) => condition.includes('spans_data'));
  };
  const fresh = await startStore();
  try {
    await fresh.put([[aSpan({ startTimeUnixNano: startOf(1) })]], nowMs);
    for (const text of [
      'service = checkout',
      'duration > 1ms',
      'status = error',
      'service = checkout and operation = "GET /cart" and duration >= 1ms and status = error',
      '{service = checkout and duration > 1ms} and {service = cart}',
    ]) {
      expect(await looked(text), text).toBe(false);
    }
    for (const text of [
      'operation = checkout',
      'service = checkout and duration < 1ms',
      'service = checkout and service = cart',
      'service = checkout or status = error',
      'service = checkout and span.a = 1',
      'status = ok',
    ]) {
      expect(await looked(text), text).toBe(true);
    }
    await fresh.forgetLongest('');
    expect(await looked('service = checkout')).toBe(true);
  } finally {
    await fresh.remove();
  }
});
