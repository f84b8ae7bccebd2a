import { afterEach, describe, expect, it, vi } from 'vitest';
import { StoreError, type ReadClient } from '@spanloom/store';
import { Registry } from 'prom-client';
import { createQueryMetrics } from './metrics.ts';
import { startQuery, type TestQuery } from './testing/query.ts';

let running: TestQuery | undefined;
afterEach(async () => {
  await running?.query.stop();
  running = undefined;
});

const unused = async (): Promise<never> => {
  throw new Error('The store was asked.');
};
const noStore: ReadClient = { rows: unused, bytes: unused };

function failing(error: Error): ReadClient {
  const fail = async (): Promise<never> => {
    throw error;
  };
  return { rows: fail, bytes: fail };
}

/** Answers nothing until the signal aborts, as a slow query does. */
function hanging(started: () => void, aborted: () => void): ReadClient {
  const hang = async (_query: string, _parameters: unknown, options?: { signal?: AbortSignal }): Promise<never> =>
    await new Promise((_resolve, reject) => {
      started();
      options?.signal?.addEventListener('abort', () => {
        aborted();
        reject(new StoreError('aborted', 'unavailable'));
      });
    });
  return { rows: hang, bytes: async (query, _format, parameters, options) => await hang(query, parameters, options) };
}

describe('paths', () => {
  it.each(['/', '/trace/abc', '/search?service=x'])('answers %s with the page, under a strict policy', async (path) => {
    running = await startQuery({ store: noStore });
    const answer = await running.get(path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
    expect(await answer.text()).toContain('<div id="app"');
  });

  it('serves every file that the page names, for good, and compressed for who takes that', async () => {
    running = await startQuery({ store: noStore });
    const html = await (await running.get('/trace/abc')).text();
    const files = [...html.matchAll(/(?:href|src)="([^"]*assets\/[^"]+)"/g)].map(([, file]) => file ?? '');
    for (const ending of ['.js', '.css', '.woff2']) expect(files.some((file) => file.endsWith(ending))).toBe(true);
    for (const file of files) {
      const { pathname } = new URL(file, 'http://localhost/trace/abc');
      const answer = await running.get(pathname, { headers: { 'accept-encoding': 'br' } });
      // A font of that format is compressed by itself.
      const encoding = pathname.endsWith('.woff2') ? null : 'br';
      expect([answer.status, answer.headers.get('content-encoding')], pathname).toEqual([200, encoding]);
      expect(answer.headers.get('cache-control')).toContain('immutable');
      await answer.arrayBuffer();
    }
  });

  it.each([
    ['GET', '/api/nothing'],
    ['GET', '/api'],
    ['GET', '/api/traces/'],
    ['GET', '/api/v1/nothing'],
    ['GET', '/assets/../package.json'],
    ['GET', '/assets/nothing.js'],
    ['POST', '/api/traces'],
    ['DELETE', '/api/services'],
    ['OPTIONS', '/api/services'],
    ['POST', '/'],
  ])('answers %s %s as Jaeger does: 404, in plain text', async (method, path) => {
    running = await startQuery({ store: noStore });
    const answer = await running.get(path, { method });
    if (path.includes('..')) return expect(await answer.text()).not.toContain('@spanloom');
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await answer.text()).toBe('404 page not found\n');
  });
});

describe('a path that is no URL', () => {
  it.each(['/api/services/%zz/operations', '/%E0%A4%A'])('is answered with 400: %s', async (path) => {
    running = await startQuery({ store: noStore });
    const answer = await running.get(path);
    expect([answer.status, await answer.text()]).toEqual([400, '400 Bad Request\n']);
  });
});

describe('bad parameters', () => {
  it.each([
    ['/api/operations', "parameter 'service' is required"],
    ['/api/traces', "parameter 'service' is required"],
    ['/api/traces?service=a&limit=-1', 'search depth must be greater than 0 and less than max traces'],
    ['/api/traces?service=a&minDuration=5', `unable to parse param 'minDuration': time: missing unit in duration "5"`],
    ['/api/traces?traceID=xyz', 'cannot parse traceID param: invalid length for TraceID'],
    ['/api/traces/xyz', 'invalid length for TraceID'],
    ['/api/traces/1?raw=2', `unable to parse param 'raw': strconv.ParseBool: parsing "2": invalid syntax`],
    ['/api/traces/1?start=a', `unable to parse param 'start': strconv.ParseInt: parsing "a": invalid syntax`],
    [
      '/api/dependencies?lookback=1h',
      `unable to parse param 'lookback': strconv.ParseInt: parsing "1h": invalid syntax`,
    ],
  ])('of Jaeger: %s', async (path, msg) => {
    running = await startQuery({ store: noStore });
    const answer = await running.get(path);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await answer.text()).toBe(
      `${JSON.stringify({ data: null, total: 0, limit: 0, offset: 0, errors: [{ code: 400, msg }] })}\n`,
    );
  });

  it.each([
    ['edges?from=yesterday', 'invalid_parameter', 'from'],
    ['edges?to=1', 'invalid_parameter', 'to'],
    ['edges?from=now&to=now-1h', 'invalid_parameter', 'to'],
    ['edges?quantiles=2', 'invalid_parameter', 'quantiles'],
    ['edges?limit=0', 'invalid_parameter', 'limit'],
    ['edges?limit=many', 'invalid_parameter', 'limit'],
    ['edges?sort=name', 'invalid_parameter', 'sort'],
    ['edges?by=span', 'invalid_parameter', 'by'],
    ['edges?environment=a&environment=b', 'invalid_parameter', 'environment'],
    ['edges?form=now-1h', 'unknown_parameter', 'form'],
    ['operations?sort=unpaired', 'invalid_parameter', 'sort'],
    ['traces?limit=1001', 'invalid_parameter', 'limit'],
    ['traces/xyz', 'invalid_parameter', 'id'],
    ['traces/00000000000000000000000000000000', 'invalid_parameter', 'id'],
    ['services?x=1', 'unknown_parameter', 'x'],
  ])('of our own API: %s', async (path, code, parameter) => {
    running = await startQuery({ store: noStore });
    const answer = await running.get(`/api/v1/${path}`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ error: { code, message: expect.any(String), parameter } });
  });

  it('says which values there are', async () => {
    running = await startQuery({ store: noStore });
    const answer = await running.get('/api/v1/edges?sort=name');
    expect(await answer.json()).toMatchObject({
      error: { message: '`sort` must be one of: calls, errors, unpaired, duration.' },
    });
  });
});

describe('a store that fails', () => {
  it('is 503 while another try can help, in both dialects, and is logged', async () => {
    running = await startQuery({ store: failing(new StoreError('down', 'unavailable')) });
    const legacy = await running.get('/api/services');
    expect([legacy.status, await legacy.json()]).toMatchObject([503, { data: null, errors: [{ code: 503 }] }]);
    const own = await running.get('/api/v1/edges');
    expect([own.status, await own.json()]).toMatchObject([503, { error: { code: 'unavailable', parameter: null } }]);
    expect(running.failures).toHaveLength(2);
  });

  it('is 500 where it is our fault, without telling what is inside', async () => {
    running = await startQuery({ store: failing(new StoreError('SELECT secret', 'broken')) });
    for (const path of ['/api/services', '/api/v1/edges']) {
      const answer = await running.get(path);
      expect(answer.status).toBe(500);
      expect(await answer.text()).not.toContain('secret');
    }
  });

  it.each(['/api/services', '/api/v1/services'])(
    'is 504 on %s when it takes too long, and its query is given up',
    async (path) => {
      const aborted = vi.fn();
      running = await startQuery({
        store: hanging(() => {}, aborted),
        config: { requestTimeoutMs: 50 },
      });
      const answer = await running.get(path);
      expect(answer.status).toBe(504);
      expect(aborted).toHaveBeenCalledOnce();
    },
  );

  it('is asked no longer once the caller has gone', async () => {
    const aborted = vi.fn();
    const started = vi.fn();
    running = await startQuery({ store: hanging(started, aborted) });
    const caller = new AbortController();
    const answer = running.get('/api/v1/services', { signal: caller.signal });
    await vi.waitFor(() => expect(started).toHaveBeenCalled());
    caller.abort();
    await expect(answer).rejects.toThrow();
    await vi.waitFor(() => expect(aborted).toHaveBeenCalled());
  });
});

describe('the port', () => {
  it('is named with its owner when it is taken, and free again after a stop', async () => {
    running = await startQuery({ store: noStore });
    const config = { port: running.query.port };
    await expect(startQuery({ store: noStore, config })).rejects.toThrow(`Port ${config.port} is in use`);
    await running.get('/');
    await running.query.stop();
    running = await startQuery({ store: noStore, config });
    expect((await running.get('/')).status).toBe(200);
  });
});

describe('metrics', () => {
  it('count a request under the pattern of its route, never under what a caller made up', async () => {
    const registry = new Registry();
    running = await startQuery({ store: noStore, metrics: createQueryMetrics(registry) });
    await running.get('/api/traces/xyz');
    await running.get('/made-up');
    await vi.waitFor(async () => {
      const text = await registry.metrics();
      expect(text).toContain('spanloom_query_request_seconds_count{route="/api/traces/:id",status="400"} 1');
      expect(text).toContain('spanloom_query_request_seconds_count{route="page",status="200"} 1');
      expect(text).not.toContain('made-up');
    });
  });
});
