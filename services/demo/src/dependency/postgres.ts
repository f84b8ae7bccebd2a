import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { sampleLatencyMs } from '../latency.ts';
import { listenOnLoopback } from '../net/listen.ts';
import type { RunningServer } from '../net/server.ts';
import { createTables, statements } from './statements.ts';
import type { Row, Tables } from './statements.ts';

/** One line of JSON over the socket each way; `id` pairs them. */
export interface Query {
  readonly id: number;
  readonly text: string;
  readonly values: readonly string[];
}

export type Answer =
  | { readonly id: number; readonly rows: readonly Row[] }
  | { readonly id: number; readonly error: string };

/** The stand-in for PostgreSQL: a TCP server that takes as long as a database would, without spans. */
export async function startPostgres(): Promise<RunningServer> {
  const tables = createTables();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    createInterface({ input: socket }).on('line', (line) => void execute(tables, JSON.parse(line) as Query, socket));
  });
  const port = await listenOnLoopback(server);
  return {
    port,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function execute(tables: Tables, query: Query, socket: Socket): Promise<void> {
  const statement = statements.get(query.text);
  if (statement !== undefined) await sleep(sampleLatencyMs(statement.latency, Math.random));
  const answer: Answer =
    statement === undefined
      ? { id: query.id, error: 'syntax error' }
      : { id: query.id, rows: statement.run(tables, query.values) };
  if (socket.writable) socket.write(`${JSON.stringify(answer)}\n`);
}
