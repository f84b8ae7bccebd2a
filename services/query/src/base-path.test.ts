import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ReadClient } from '@spanloom/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startQuery, type TestQuery } from './testing/query.ts';

const emptyStore: ReadClient = { rows: async () => [], bytes: async () => new Uint8Array(0) };

/** A proxy that takes `/a/b` away, and passes nothing else on. */
function rewritingProxy(port: number): Server {
  return createServer((incoming, outgoing) => {
    const path = /^\/a\/b(\/.*)$/.exec(incoming.url ?? '')?.[1];
    if (path === undefined) return outgoing.writeHead(404).end();
    const { method, headers } = incoming;
    const passedOn = httpRequest({ port, path, method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    return incoming.pipe(passedOn);
  });
}

let root: TestQuery;
let inner: TestQuery;
let proxy: Server;
/** What the same service is reached below, in three ways. */
let bases: Record<string, string>;

beforeAll(async () => {
  root = await startQuery({ store: emptyStore });
  inner = await startQuery({ store: emptyStore, config: { basePath: '/a/b/' } });
  proxy = rewritingProxy(root.query.port);
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  bases = {
    'at the root': `http://127.0.0.1:${root.query.port}`,
    'below a base path': `http://127.0.0.1:${inner.query.port}/a/b`,
    'behind a proxy': `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/a/b`,
  };
});

afterAll(async () => {
  proxy.closeAllConnections();
  await new Promise((resolve) => proxy.close(resolve));
  await Promise.all([root.query.stop(), inner.query.stop()]);
});

describe.each(['at the root', 'below a base path', 'behind a proxy'])('%s', (where) => {
  const get = async (path: string, init?: RequestInit): Promise<Response> => await fetch(bases[where] + path, init);

  it.each(['/api/services', '/api/v3/services', '/api/v1/services', '/api/metrics/calls?service=a'])(
    '%s answers',
    async (path) => expect((await get(path)).status).toBe(200),
  );

  it('what does not exist is 404 in plain text', async () => {
    const answer = await get('/api/traces', { method: 'POST', body: 'x' });
    expect([answer.status, await answer.text()]).toEqual([404, '404 page not found\n']);
  });

  it.each(['/', '/trace/b001', '/search/'])('the page at %s loads its files from there', async (path) => {
    const html = await (await get(path)).text();
    for (const [, link] of html.matchAll(/(?:href|src)="([^"]*assets\/[^"]+)"/g)) {
      const url = new URL(link ?? '', bases[where] + path);
      expect(url.pathname).toMatch(where === 'at the root' ? /^\/assets\// : /^\/a\/b\/assets\//);
      expect((await fetch(url)).status, url.href).toBe(200);
    }
    expect(html).toMatch(/assets\/index-[^"]+\.js"/);
  });
});

describe('a base path', () => {
  it('has nothing outside of it', async () => {
    for (const path of ['/api/services', '/', '/a/bc/api/services', '/a']) {
      expect([path, (await inner.get(path)).status]).toEqual([path, 404]);
    }
  });

  it('leads to the page with its slash', async () => {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      httpRequest(`http://127.0.0.1:${inner.query.port}/a/b`, resolve).on('error', reject).end();
    });
    answer.resume();
    expect(answer.headers.location).toBe('/a/b/');
  });
});
