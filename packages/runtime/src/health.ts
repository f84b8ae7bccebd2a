import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';

import type { Registry } from 'prom-client';

import { listen } from './listen.ts';

/** One thing that must be so before traffic may come. */
export interface HealthCheck {
  readonly name: string;
  /** Null when it is so; else why not, in a sentence. */
  readonly problem: string | null;
  /** What an operator should know though it is ready. */
  readonly note?: string;
}

export interface HealthOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly registry: Registry;
  /** Asked at each `/readyz`. */
  readonly checks: () => readonly HealthCheck[] | Promise<readonly HealthCheck[]>;
}

/** `/livez`, `/readyz` and `/metrics` over HTTP. */
export interface HealthServer {
  readonly name: 'health';
  /** Resolves with the port once it is open; rejects with a UserError that names who has it. */
  start(): Promise<number>;
  stop(): Promise<void>;
}

export function createHealthServer({ host, port, registry, checks }: HealthOptions): HealthServer {
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    switch (request.url?.split('?')[0] ?? '') {
      case '/livez':
        return send(response, 200, { status: 'alive' });
      case '/readyz': {
        const results = await checks();
        const ready = results.every((check) => check.problem === null);
        return send(response, ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', checks: results });
      }
      case '/metrics':
        response.writeHead(200, { 'content-type': registry.contentType }).end(await registry.metrics());
        return;
      default:
        return send(response, 404, { error: 'Here are /livez, /readyz and /metrics.' });
    }
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) =>
      send(response, 500, { error: error instanceof Error ? error.message : String(error) }),
    );
  });
  return {
    name: 'health',
    start: () => listen(server, { host, port }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}
