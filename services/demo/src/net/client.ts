import { Agent, request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Attributes, Context, Tracer } from '@opentelemetry/api';
import { readJson } from './body.ts';
import { loopbackLookup } from './directory.ts';
import type { Directory, HostName } from './directory.ts';
import { failSpan, ShopError } from './failure.ts';
import { traceHeaders } from './propagation.ts';
import { fillPath } from './route.ts';
import type { PathParameters } from './route.ts';
import type { Reply } from './server.ts';

/** Above the longest latency that can be injected, so that a slow service is slow and not absent. */
const timeoutMs = 20_000;

export interface Request {
  readonly context: Context;
  readonly host: HostName;
  readonly method: 'GET' | 'POST';
  /** `url.template`, for example `/orders/{orderId}`. */
  readonly template: string;
  readonly parameters?: PathParameters;
  readonly body?: unknown;
  /** `http.request.resend_count`: 1 for the first retry. */
  readonly resendCount?: number;
}

/** Resolves with whatever status came; rejects when no answer came. */
export type Send = (request: Request) => Promise<Reply>;

export interface Client {
  readonly send: Send;
  /** As `send`, and a status of 400 or above rejects with a `ShopError`. */
  readonly expect: Send;
  close(): void;
}

/** An HTTP client that makes a CLIENT span of each request and sends its context along. */
export function createClient(tracer: Tracer, directory: Directory): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const send: Send = async (request) => {
    const port = directory.portOf(request.host);
    const path = fillPath(request.template, request.parameters ?? {});
    const span = tracer.startSpan(
      `${request.method} ${request.template}`,
      { kind: SpanKind.CLIENT, attributes: clientAttributes(request, port, path) },
      request.context,
    );
    const headers = traceHeaders(trace.setSpan(request.context, span));
    try {
      const reply = await exchange(agent, { ...request, port, path, headers });
      span.setAttribute('http.response.status_code', reply.status);
      if (reply.status >= 400) {
        span.setAttribute('error.type', String(reply.status));
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      return reply;
    } catch (error) {
      failSpan(span, error);
      throw error;
    } finally {
      span.end();
    }
  };
  return {
    send,
    async expect(request) {
      const reply = await send(request);
      if (reply.status < 400) return reply;
      throw new ShopError(
        'UpstreamError',
        `${request.host} answered ${reply.status} to ${request.method} ${request.template}`,
      );
    },
    close: () => agent.destroy(),
  };
}

export interface Exchange {
  readonly host: HostName;
  readonly port: number;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** One request and its answer over a socket, without a span. Rejects when no answer came in 20 s. */
export function exchange(agent: Agent, call: Exchange): Promise<Reply> {
  const body = call.body === undefined ? null : Buffer.from(JSON.stringify(call.body));
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      agent,
      host: call.host,
      port: call.port,
      lookup: loopbackLookup,
      method: call.method,
      path: call.path,
      headers: {
        ...call.headers,
        ...(body === null ? {} : { 'content-type': 'application/json', 'content-length': body.length }),
      },
      timeout: timeoutMs,
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    });
    request.once('timeout', () =>
      request.destroy(new ShopError('TimeoutError', `${call.host} gave no answer in ${timeoutMs} ms`)),
    );
    request.once('error', reject);
    request.once('response', (response: IncomingMessage) => {
      readJson(response).then((value) => resolve({ status: response.statusCode ?? 0, body: value }), reject);
    });
    request.end(body ?? undefined);
  });
}

function clientAttributes(request: Request, port: number, path: string): Attributes {
  return {
    'http.request.method': request.method,
    'url.full': `http://${request.host}:${port}${path}`,
    'url.template': request.template,
    'server.address': request.host,
    'server.port': port,
    ...(request.resendCount === undefined ? {} : { 'http.request.resend_count': request.resendCount }),
  };
}
