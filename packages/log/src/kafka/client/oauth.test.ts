import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { manualClock } from '../../testing/clock.ts';
import { clientCredentials } from './oauth.ts';

let server: Server | null = null;

afterEach(() => {
  server?.close();
});

/** A token endpoint that hands out `token-1`, `token-2`, … for 100 s each. */
async function startServer(status = 200): Promise<{ url: string; seen: { body: string; authorization: string }[] }> {
  const seen: { body: string; authorization: string }[] = [];
  server = createServer((request: IncomingMessage, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      seen.push({ body, authorization: request.headers.authorization ?? '' });
      response.statusCode = status;
      response.end(JSON.stringify({ access_token: `token-${seen.length}`, expires_in: 100, error: 'invalid_client' }));
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`, seen };
}

it('asks once for all connections, and again shortly before the token expires', async () => {
  const { url, seen } = await startServer();
  const clock = manualClock();
  const token = clientCredentials({ tokenUrl: url, clientId: 'a:b', clientSecret: 'ü', scope: 'kafka', clock });
  expect(await Promise.all([token(), token()])).toEqual(['token-1', 'token-1']);
  clock.moveBy(79_000);
  expect(await token()).toBe('token-1');
  clock.moveBy(1_000);
  expect(await Promise.all([token(), token()])).toEqual(['token-2', 'token-2']);
  expect(seen).toHaveLength(2);
  expect(seen[0]?.body).toBe('grant_type=client_credentials&scope=kafka');
  expect(Buffer.from(seen[0]?.authorization.slice(6) ?? '', 'base64').toString()).toBe('a%3Ab:%C3%BC');
});

it('tells refused credentials from a server that has a problem, and asks again', async () => {
  const refusing = await startServer(401);
  const clock = manualClock();
  const credentials = { clientId: 'a', clientSecret: 'b', clock };
  await expect(clientCredentials({ tokenUrl: refusing.url, ...credentials })()).rejects.toMatchObject({
    retryable: false,
    message: expect.stringContaining('status 401') as string,
  });
  server?.close();
  const broken = await startServer(503);
  const token = clientCredentials({ tokenUrl: broken.url, ...credentials });
  await expect(token()).rejects.toMatchObject({ retryable: true });
  await expect(token()).rejects.toMatchObject({ retryable: true });
  expect(broken.seen).toHaveLength(2);
});
