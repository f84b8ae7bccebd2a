import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultQueryConfig } from '../options.ts';
import { getAnswer, refusal } from '../testing/answers.ts';
import { clockAt } from '../testing/clock.ts';
import { ordersAt } from '../testing/orders.ts';
import { startQuery, type TestQuery } from '../testing/query.ts';
import { startStore, type TestStore } from '../testing/store.ts';
import { clausesAnswer } from './clauses.ts';
import { searchAnswer } from './search.ts';

const nowMs = Math.floor(Date.now() / 60_000) * 60_000 + 30_000;
const { startMs, orders, gap } = ordersAt(nowMs);

let stored: TestStore;
let running: TestQuery;

beforeAll(async () => {
  stored = await startStore();
  await stored.put([...orders, [gap]], nowMs - 2000);
  running = await startQuery({ store: stored.store.read, clock: clockAt(nowMs) });
});

afterAll(async () => {
  await running.query.stop();
  await stored.remove();
});

const q = (query: string): string => `q=${encodeURIComponent(query)}`;

async function found(query: string): Promise<number> {
  const { total } = await getAnswer<{ total: { count: number } }>(running, `search?${q(query)}`, searchAnswer);
  return total.count;
}

describe('the clauses of a search', () => {
  interface Clauses {
    readonly clauses: readonly { readonly text: string; readonly count: number; readonly without: string }[];
  }

  it('have each its own count, and the query without them', async () => {
    const query = '{service = cart and status = error} and {name = resize}';
    expect(await found(query)).toBe(0);
    const { clauses } = await getAnswer<Clauses>(running, `search/clauses?${q(query)}`, clausesAnswer);
    expect(clauses).toMatchObject([
      { text: 'service = cart', count: 9, exact: true, from: 1, without: '{status = error} and {name = resize}' },
      { text: 'status = error', count: 3 },
      { text: '{name = resize}', count: 1, without: '{service = cart and status = error}' },
    ]);
    expect(await found(clauses[2]?.without ?? '')).toBe(3);
  });

  it('are counted in the window of the search', async () => {
    const window = `from=${new Date(startMs).toISOString()}&to=${new Date(startMs + 350).toISOString()}`;
    const { clauses } = await getAnswer<Clauses>(
      running,
      `search/clauses?${q('service = cart and duration > 1d')}&${window}`,
      clausesAnswer,
    );
    expect(clauses.map((clause) => clause.count)).toEqual([3, 0]);
    expect(await getAnswer(running, 'search/clauses', clausesAnswer)).toMatchObject({ clauses: [] });
  });

  it('are not counted where that takes more than a query may', async () => {
    const queryLimits = { ...defaultQueryConfig.queryLimits, maxRowsToRead: 3 };
    const limited = await startQuery({ store: stored.store.read, clock: clockAt(nowMs), config: { queryLimits } });
    expect(await getAnswer(limited, `search/clauses?${q('service = cart')}`, clausesAnswer)).toMatchObject({
      clauses: [{ count: 0, exact: false }],
    });
    await limited.query.stop();
  });

  it('are of a query', async () => {
    expect(await refusal(running, `search/clauses?${q('servce = a')}`)).toMatchObject({
      code: 'invalid_query',
      nearest: 'service',
    });
  });
});
