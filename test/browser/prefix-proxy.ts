import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PrefixProxy {
  readonly origin: string;
  /** Paths that somebody asked for outside the prefix: links that do not know where the page lies. */
  readonly outside: readonly string[];
  stop(): Promise<void>;
}

/** A proxy that serves another server below a path, which it takes away before it asks that server. */
export async function startPrefixProxy(target: string, prefix: string): Promise<PrefixProxy> {
  const outside: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const path = incoming.url ?? '/';
    if (!path.startsWith(`${prefix}/`)) {
      outside.push(path);
      outgoing.writeHead(404).end();
      return;
    }
    const asked = request(
      target + path.slice(prefix.length),
      { method: incoming.method ?? 'GET', headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    asked.on('error', () => outgoing.destroy());
    outgoing.on('close', () => asked.destroy());
    incoming.pipe(asked);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    outside,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
