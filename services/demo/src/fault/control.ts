import { timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isServiceName, serviceNames } from '../names.ts';
import { readJson, textField } from '../net/body.ts';
import { listenOnLoopback } from '../net/listen.ts';
import { matchPath } from '../net/route.ts';
import type { RunningServer } from '../net/server.ts';
import { parseAmount } from './amount.ts';
import type { Faults } from './faults.ts';

/**
 * The demo's control endpoint, on loopback, for bearers of `token`: `GET /faults` says what is in
 * force for each service, `PUT /faults/{service}` with `{"amount":"400ms"}` changes it and answers
 * with the service's fault.
 */
export async function startControl(faults: Faults, token: string): Promise<RunningServer> {
  const server = createServer((request, response) => {
    answer(faults, token, request).then(
      ([status, body]) => send(response, status, body),
      () => send(response, 400, { error: 'the body is no JSON' }),
    );
  });
  const port = await listenOnLoopback(server);
  return {
    port,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(
  faults: Faults,
  token: string,
  request: IncomingMessage,
): Promise<[status: number, body: unknown]> {
  if (!isBearer(request.headers.authorization, token)) return [401, { error: 'wrong token' }];
  const path = request.url ?? '/';
  if (request.method === 'GET' && path === '/faults') {
    return [200, Object.fromEntries(serviceNames.map((name) => [name, faults.of(name)]))];
  }
  const service = matchPath('/faults/{service}', path)?.['service'];
  if (request.method !== 'PUT' || service === undefined) return [404, { error: 'not found' }];
  if (!isServiceName(service)) return [404, { error: `no service ${service}` }];
  const amount = parseAmount(textField(await readJson(request), 'amount') ?? '');
  return amount.ok ? [200, faults.change(service, amount.change)] : [400, { error: amount.error }];
}

function isBearer(header: string | undefined, token: string): boolean {
  const given = Buffer.from(header ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
