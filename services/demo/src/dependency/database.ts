import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { SpanKind } from '@opentelemetry/api';
import type { Context, Tracer } from '@opentelemetry/api';
import { loopbackLookup } from '../net/directory.ts';
import type { Directory } from '../net/directory.ts';
import { failSpan, ShopError } from '../net/failure.ts';
import type { Answer } from './postgres.ts';
import type { Row, Statement } from './statements.ts';

const host = 'postgres';

/** A service's connection to its database; queries are pipelined over one socket. */
export interface Database {
  /** Runs a statement in a CLIENT span. Rejects when the connection is lost or the statement refused. */
  query(context: Context, statement: Statement, values: readonly string[]): Promise<readonly Row[]>;
  close(): void;
}

interface Waiting {
  resolve(rows: readonly Row[]): void;
  reject(error: Error): void;
}

/** `namespace` is `db.namespace`: the name of the database. Resolves once connected. */
export async function connectDatabase(tracer: Tracer, directory: Directory, namespace: string): Promise<Database> {
  const port = directory.portOf(host);
  const socket = await open(port);
  const waiting = new Map<number, Waiting>();
  let lastId = 0;

  createInterface({ input: socket }).on('line', (line) => {
    const answer = JSON.parse(line) as Answer;
    const query = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('rows' in answer) query?.resolve(answer.rows);
    else query?.reject(new ShopError('PostgresError', answer.error));
  });
  socket.once('close', () => {
    for (const query of waiting.values()) query.reject(new ShopError('ConnectionError', 'connection to postgres lost'));
    waiting.clear();
  });

  return {
    async query(context, statement, values) {
      const attributes = {
        'db.system.name': 'postgresql',
        'db.namespace': namespace,
        'db.query.text': statement.text,
        'db.query.summary': `${statement.operation} ${statement.collection}`,
        'db.operation.name': statement.operation,
        'db.collection.name': statement.collection,
        'server.address': host,
        'server.port': port,
      };
      const name = `${statement.operation} ${statement.collection}`;
      const span = tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, context);
      try {
        const id = ++lastId;
        return await new Promise<readonly Row[]>((resolve, reject) => {
          waiting.set(id, { resolve, reject });
          socket.write(`${JSON.stringify({ id, text: statement.text, values })}\n`);
        });
      } catch (error) {
        failSpan(span, error);
        throw error;
      } finally {
        span.end();
      }
    },
    close: () => void socket.destroy(),
  };
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, lookup: loopbackLookup });
    socket.setNoDelay(true);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      socket.on('error', () => socket.destroy());
      resolve(socket);
    });
  });
}
