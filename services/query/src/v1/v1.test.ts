import { afterEach, describe, expect, it, vi } from 'vitest';
import { StoreError, type ReadClient } from '@spanloom/store';
import { startQuery, type TestQuery } from '../testing/query.ts';

let running: TestQuery | undefined;
afterEach(async () => {
  await running?.query.stop();
  running = undefined;
});

/** Answers what completeness needs, and nothing to any other question until its signal aborts. */
function hanging(started: () => void, aborted: () => void): ReadClient {
  const hang = async (query: string, options?: { readonly signal?: AbortSignal }): Promise<never[]> => {
    if (query.includes('sink_batches')) return [];
    started();
    return await new Promise((_resolve, reject) => {
      options?.signal?.addEventListener('abort', () => {
        aborted();
        reject(new StoreError('aborted', 'unavailable'));
      });
    });
  };
  return {
    rows: async (query, _parameters, options) => await hang(query, options),
    bytes: async (query, _format, _parameters, options) => Uint8Array.from(await hang(query, options)),
  };
}

describe('a question whose caller has gone', () => {
  it.each([
    'search?q=service=a',
    'search?q=%7B%7D%3E%3E%7B%7D',
    'search/clauses?q=service=a',
    'stats',
    'exemplars',
    'heatmap?service=a',
    'series?service=a',
    'graph',
    'compare',
    'fields',
    'fields/http.route/values',
    'traces/1',
    'traces/1/ranks',
    'pipeline',
    'storage',
  ])('is asked of the store no longer: %s', async (path) => {
    const aborted = vi.fn();
    const started = vi.fn();
    running = await startQuery({ store: hanging(started, aborted) });
    const caller = new AbortController();
    const answer = running.get(`/api/v1/${path}`, { signal: caller.signal });
    await vi.waitFor(() => expect(started).toHaveBeenCalled());
    caller.abort();
    await expect(answer).rejects.toThrow();
    await vi.waitFor(() => expect(aborted).toHaveBeenCalled());
  });
});

describe('the store', () => {
  const failing = (error: StoreError): ReadClient => {
    const fail = async (): Promise<never> => await Promise.reject(error);
    return { rows: fail, bytes: fail };
  };

  it('that would need more than a query may is 422, and says what to do', async () => {
    const error = new StoreError('reading: Limit for rows', 'broken', { fault: 'exceeded' });
    running = await startQuery({ store: failing(error) });
    const response = await running.get('/api/v1/search');
    expect([response.status, await response.json()]).toEqual([
      422,
      {
        error: {
          code: 'too_much',
          message:
            'This takes more than 20 s, 2000000000 rows read or 1024 MiB. Ask for a shorter window, or add a condition.',
          parameter: null,
        },
      },
    ]);
    expect(running.failures).toEqual([]);
  });

  it('is handed every value by itself, never in the text of a query', async () => {
    const asked: { query: string; parameters: object }[] = [];
    const store: ReadClient = {
      rows: async (query, parameters) => {
        asked.push({ query, parameters });
        return [];
      },
      bytes: async () => new Uint8Array(0),
    };
    running = await startQuery({ store });
    const secret = `s'e"c\\r{e}t`;
    const q = ['service = X', 'span.X = X', 'resource.X ~ X', 'root.service in (X)', 'exists span.X']
      .join(' and ')
      .replaceAll('X', JSON.stringify(secret));
    expect((await running.get(`/api/v1/search?q=${encodeURIComponent(q)}`)).status).toBe(200);
    const by = encodeURIComponent(`span.${JSON.stringify(secret)}`);
    expect((await running.get(`/api/v1/stats?by=${by}`)).status).toBe(200);
    expect(asked.map(({ query }) => query).join('\n')).not.toContain(`s'e`);
    expect(
      JSON.stringify(
        asked.map(({ parameters }) => parameters),
        (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
      ),
    ).toContain(JSON.stringify(secret).slice(1, -1));
  });
});
