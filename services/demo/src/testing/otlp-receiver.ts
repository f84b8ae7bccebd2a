import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { listenOnLoopback } from '../net/listen.ts';
import { decodeRequest } from './otlp-decode.ts';
import type { SeenSpan } from './otlp-decode.ts';

/** An OTLP/HTTP intake that remembers what it was sent. */
export interface OtlpReceiver {
  readonly endpoint: string;
  readonly spans: readonly SeenSpan[];
  /** Resolves with the first value other than undefined that `find` makes of all spans so far. */
  waitFor<T>(what: string, find: (spans: readonly SeenSpan[]) => T | undefined): Promise<T>;
  close(): void;
}

const patienceMs = 60_000;

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: SeenSpan[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts);
      if (request.url === '/v1/traces') {
        spans.push(...decodeRequest(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body));
      }
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
      for (const look of waiting) look();
    });
  });
  const port = await listenOnLoopback(server);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    spans,
    waitFor: (what, find) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`${what}: not seen in ${patienceMs / 1000} s, among ${spans.length} spans`));
        }, patienceMs);
        const look = (): void => {
          const found = find(spans);
          if (found === undefined) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
