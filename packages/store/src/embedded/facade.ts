import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Engine } from './engine.ts';
import { statementOf } from './statement.ts';

/** 64 MB is the most that a batch puts into a table; the rest is room for people. */
const maxBodyBytes = 100 * 1024 * 1024;

/** An answer of the HTTP interface. */
interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array | string;
}

/**
 * ClickHouse's HTTP interface in front of the engine, as far as `@clickhouse/client` uses it:
 * `/ping`, statements in the body or the address, data of inserts in the body, settings and
 * parameters in the address, errors as `Code: N. DB::Exception: …`.
 */
export function facade(engine: Engine, secret: string): Server {
  const server = createServer((request, response) => {
    const gone = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    void respond(server, response, answerOf(engine, secret, request, gone.signal));
  });
  // Longer than the client keeps an idle socket (2.5 s), so that it never writes to a closed one.
  server.keepAliveTimeout = 30_000;
  server.requestTimeout = 0;
  return server;
}

/** `gone` aborts when nobody waits for the answer any more. */
async function answerOf(engine: Engine, secret: string, request: IncomingMessage, gone: AbortSignal): Promise<Answer> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (url.pathname === '/ping') return { status: 200, headers: {}, body: 'Ok.\n' };
  if (!authenticated(request, secret)) {
    return failure(516, 'AUTHENTICATION_FAILED', 'Authentication failed: the secret is wrong.', 403);
  }
  const body = await bodyOf(request);
  if (body === null) return failure(307, 'TOO_MANY_BYTES', `A body is at most ${maxBodyBytes} bytes.`, 413);
  const statement = statementOf(url, () => body.toString('utf8'));
  if (!statement.ok) return failure(statement.error.code, statement.error.type, statement.error.message, 400);
  const queryId = url.searchParams.get('query_id') ?? randomUUID();
  try {
    const output = await engine.run(statement.value, body, gone);
    return {
      status: 200,
      headers: {
        'Content-Type': 'text/plain; charset=UTF-8',
        'X-ClickHouse-Query-Id': queryId,
        'X-ClickHouse-Format': statement.value.defaultFormat,
        'X-ClickHouse-Summary': '{}',
      },
      body: output,
    };
  } catch (error) {
    return engineFailure(error);
  }
}

function authenticated(request: IncomingMessage, secret: string): boolean {
  const key = request.headers['x-clickhouse-key'];
  const [scheme, encoded] = (request.headers.authorization ?? '').split(' ');
  const basic =
    scheme?.toLowerCase() === 'basic' && encoded !== undefined ? Buffer.from(encoded, 'base64').toString() : '';
  const given = typeof key === 'string' ? key : basic.slice(basic.indexOf(':') + 1);
  // Digests, because the comparison needs equal lengths and must not tell the length.
  return timingSafeEqual(digest(given), digest(secret));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}

function engineFailure(error: unknown): Answer {
  const message = error instanceof Error ? error.message : String(error);
  const code = /^Code: (\d+)\./.exec(message)?.[1];
  if (code === undefined) return failure(1002, 'UNKNOWN_EXCEPTION', message, 500);
  return { status: 500, headers: { 'X-ClickHouse-Exception-Code': code }, body: `${message}\n` };
}

function failure(code: number, type: string, message: string, status: number): Answer {
  return {
    status,
    headers: { 'X-ClickHouse-Exception-Code': String(code) },
    body: `Code: ${code}. DB::Exception: ${message} (${type})\n`,
  };
}

/** Sends the answer; a request that broke off while it was read gets none. */
async function respond(server: Server, response: ServerResponse, answer: Promise<Answer>): Promise<void> {
  try {
    const { status, headers, body } = await answer;
    // Once the server is closing, a kept connection would keep it from ever being closed.
    if (!server.listening) response.shouldKeepAlive = false;
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    response.writeHead(status, { ...headers, 'Content-Length': bytes.length });
    response.end(bytes);
  } catch {
    response.destroy();
  }
}
