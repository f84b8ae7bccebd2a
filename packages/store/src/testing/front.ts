/**
 * A proxy in front of a ClickHouse for tests: TLS with or without client certificates, what a real
 * server does with them, LZ4 bodies, and everything that proxies do wrong.
 */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { decompressFrameSync } from 'lz4-napi';
import { testAuthorityPem, testServerKeyPem, testServerPem } from './certificates.ts';

export interface FrontOptions {
  /** The ClickHouse behind, and its secret. */
  readonly url: string;
  readonly secret: string;
  /** Refuses whoever has no certificate of the test authority. */
  readonly asksForCertificate?: boolean;
}

/** What came in. */
export interface Seen {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly bodyBytes: number;
}

export interface Front {
  /** `https://localhost:…`. */
  readonly url: string;
  readonly seen: Seen[];
  /** Answers the next requests by itself instead of passing them on; null: passes them on again. */
  answerWith(answer: ((request: IncomingMessage, response: ServerResponse) => void) | null): void;
  close(): Promise<void>;
}

/** What ClickHouse takes in the address is passed on; `tenant` is for the proxy. */
const forProxy = 'tenant';

export async function startFront(options: FrontOptions): Promise<Front> {
  const seen: Seen[] = [];
  let instead: ((request: IncomingMessage, response: ServerResponse) => void) | null = null;
  const server = createServer(
    {
      cert: testServerPem,
      key: testServerKeyPem,
      ca: testAuthorityPem,
      requestCert: options.asksForCertificate ?? false,
      rejectUnauthorized: true,
    },
    (request, response) => {
      if (instead === null) void passOn(request, response);
      else instead(request, response);
    },
  );
  const passOn = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = Buffer.concat(await request.toArray());
    const url = new URL(request.url ?? '/', options.url);
    seen.push({
      path: url.pathname,
      query: new URLSearchParams(url.search),
      headers: request.headers,
      bodyBytes: body.length,
    });
    url.searchParams.delete(forProxy);
    url.pathname = url.pathname.endsWith('/ping') ? '/ping' : '/';
    const answer = await fetch(url, {
      method: request.method ?? 'POST',
      headers: loginOf(request, options.secret),
      ...(request.method === 'GET' ? {} : { body: new Uint8Array(plain(request, body)) }),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    response.writeHead(answer.status, { ...Object.fromEntries(answer.headers), 'content-length': bytes.length });
    response.end(bytes);
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    seen,
    answerWith(answer) {
      instead = answer;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** As ClickHouse: a certificate logs in whom it names, and never beside a password. */
function loginOf(request: IncomingMessage, secret: string): Record<string, string> {
  if (request.headers['x-clickhouse-ssl-certificate-auth'] !== 'on') {
    return { authorization: request.headers.authorization ?? '' };
  }
  const named = (request.socket as TLSSocket).getPeerCertificate().subject?.CN;
  const withPassword = request.headers.authorization !== undefined || 'x-clickhouse-key' in request.headers;
  const right = named === request.headers['x-clickhouse-user'] && !withPassword;
  return { 'x-clickhouse-key': right ? secret : '' };
}

function plain(request: IncomingMessage, body: Buffer): Buffer {
  return request.headers['content-encoding'] === 'lz4' ? decompressFrameSync(body) : body;
}
