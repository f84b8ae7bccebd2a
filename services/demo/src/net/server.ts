import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Attributes, Context, Span, Tracer } from '@opentelemetry/api';
import { readJson } from './body.ts';
import { failSpan } from './failure.ts';
import { listenOnLoopback } from './listen.ts';
import { contextFrom } from './propagation.ts';
import { matchPath } from './route.ts';
import type { PathParameters } from './route.ts';

/** A request as a handler sees it. `context` goes into every call made on its behalf. */
export interface Call {
  readonly context: Context;
  readonly parameters: PathParameters;
  readonly body: unknown;
}

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

export interface Route {
  readonly method: 'GET' | 'POST';
  /** `http.route`, for example `/orders/{orderId}`. */
  readonly path: string;
  /** A rejection becomes a 500 and an exception event on the span. */
  handle(call: Call): Promise<Reply>;
}

export interface ServerOptions {
  readonly tracer: Tracer;
  readonly routes: readonly Route[];
  /** Awaited inside the span, before the handler: see `createConduct`. */
  readonly conduct: () => Promise<void>;
}

export interface RunningServer {
  readonly port: number;
  /** Stops listening and drops idle connections. */
  close(): void;
}

/** An HTTP server that makes a SERVER span of each request, a child of the caller's. */
export async function serveTraced(options: ServerOptions): Promise<RunningServer> {
  const server = createServer((request, response) => void answer(options, request, response));
  // Without an end to keep-alive: closing an idle connection races with the next request on it,
  // and would put resets among the errors that the demo means to show.
  server.keepAliveTimeout = 0;
  const port = await listenOnLoopback(server);
  return {
    port,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(options: ServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const method = request.method ?? 'GET';
  const found = findRoute(options.routes, method, path);
  const parent = contextFrom(request.headers);
  const span = options.tracer.startSpan(
    found === null ? method : `${method} ${found.route.path}`,
    {
      kind: SpanKind.SERVER,
      attributes: requestAttributes(request, method, path, found?.route.path),
    },
    parent,
  );
  const reply = await replyTo(options, request, found, {
    span,
    context: trace.setSpan(parent, span),
  });
  span.setAttribute('http.response.status_code', reply.status);
  // 'close' comes when the answer is handed to the socket, and also when the client has gone.
  response.once('close', () => span.end());
  response.writeHead(reply.status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(reply.body));
}

async function replyTo(
  options: ServerOptions,
  request: IncomingMessage,
  found: FoundRoute | null,
  active: { span: Span; context: Context },
): Promise<Reply> {
  try {
    const body = await readJson(request);
    if (found === null) return { status: 404, body: { error: 'not found' } };
    await options.conduct();
    const reply = await found.route.handle({
      context: active.context,
      parameters: found.parameters,
      body,
    });
    if (reply.status >= 500) {
      active.span.setAttribute('error.type', String(reply.status));
      active.span.setStatus({ code: SpanStatusCode.ERROR });
    }
    return reply;
  } catch (error) {
    failSpan(active.span, error);
    return { status: 500, body: { error: error instanceof Error ? error.message : 'failed' } };
  }
}

interface FoundRoute {
  readonly route: Route;
  readonly parameters: PathParameters;
}

function findRoute(routes: readonly Route[], method: string, path: string): FoundRoute | null {
  for (const route of routes) {
    if (route.method !== method) continue;
    const parameters = matchPath(route.path, path);
    if (parameters !== null) return { route, parameters };
  }
  return null;
}

function requestAttributes(
  request: IncomingMessage,
  method: string,
  path: string,
  route: string | undefined,
): Attributes {
  const host = request.headers.host ?? '';
  return {
    'http.request.method': method,
    'url.scheme': 'http',
    'url.path': path,
    'server.address': host.split(':', 1)[0] ?? '',
    'server.port': request.socket.localPort ?? 0,
    'client.address': request.socket.remoteAddress ?? '',
    'network.protocol.version': request.httpVersion,
    ...(route === undefined ? {} : { 'http.route': route }),
    ...(request.headers['user-agent'] === undefined ? {} : { 'user_agent.original': request.headers['user-agent'] }),
  };
}
