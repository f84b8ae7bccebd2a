import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { latency, sampleLatencyMs } from '../latency.ts';
import { listenOnLoopback } from '../net/listen.ts';
import type { RunningServer } from '../net/server.ts';

const authorization = latency(14, 0.5);

/** Somebody else's HTTP service: it answers, and exports no spans. */
export async function startCardNetwork(): Promise<RunningServer> {
  const server = createServer((request, response) => {
    request.resume();
    void sleep(sampleLatencyMs(authorization, Math.random)).then(() => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ authorized: true }));
    });
  });
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
