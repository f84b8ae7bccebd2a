import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readJson } from '../net/body.ts';
import { listenOnLoopback } from '../net/listen.ts';
import { matchPath } from '../net/route.ts';
import type { RunningServer } from '../net/server.ts';

/** A message as the broker keeps it. `headers` carry the producer's trace context. */
export interface Message {
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** A group that fell this far behind loses its oldest messages. */
const maxQueued = 1_000;
/** How many messages one receive hands out. */
const maxReceived = 10;
/** A receive without messages is answered empty after this. */
const pollMs = 10_000;

interface Queue {
  readonly messages: Message[];
  /** Answers a waiting receive, if there is one. */
  wake: (() => void) | null;
}

/**
 * The stand-in for RabbitMQ, over HTTP and without spans: `POST /topics/{topic}` puts a copy into
 * the queue of each group, `GET /topics/{topic}/{group}` takes what is there and waits for it.
 */
export async function startBroker(groups: Readonly<Record<string, readonly string[]>>): Promise<RunningServer> {
  const queues = new Map<string, Queue>();
  for (const [topic, names] of Object.entries(groups)) {
    for (const name of names) queues.set(`${topic}/${name}`, { messages: [], wake: null });
  }
  let lastId = 0;

  async function publish(topic: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { headers, body } = (await readJson(request)) as Omit<Message, 'id'>;
    const message: Message = { id: String(++lastId), headers, body };
    for (const group of groups[topic] ?? []) {
      const queue = queues.get(`${topic}/${group}`);
      if (queue === undefined) continue;
      queue.messages.push(message);
      if (queue.messages.length > maxQueued) queue.messages.shift();
      queue.wake?.();
    }
    reply(response, 202, { id: message.id });
  }

  function receive(queue: Queue, response: ServerResponse): void {
    const send = (): void => {
      clearTimeout(timer);
      queue.wake = null;
      reply(response, 200, queue.messages.splice(0, maxReceived));
    };
    const timer = setTimeout(send, pollMs);
    queue.wake = send;
    response.once('close', () => {
      clearTimeout(timer);
      if (queue.wake === send) queue.wake = null;
    });
    if (queue.messages.length > 0) send();
  }

  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const topic = matchPath('/topics/{topic}', path)?.['topic'];
    const queue = queues.get(path.replace('/topics/', ''));
    if (request.method === 'POST' && topic !== undefined) {
      publish(topic, request, response).catch(() => reply(response, 400, { error: 'bad message' }));
    } else if (request.method === 'GET' && queue !== undefined) receive(queue, response);
    else reply(response, 404, { error: 'no such queue' });
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

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
