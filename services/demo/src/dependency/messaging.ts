import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import type { Attributes, Context, Link, Span, Tracer } from '@opentelemetry/api';
import { textField } from '../net/body.ts';
import { exchange } from '../net/client.ts';
import type { Directory } from '../net/directory.ts';
import { failSpan, ShopError } from '../net/failure.ts';
import { contextFrom, traceHeaders } from '../net/propagation.ts';
import type { Message } from './broker.ts';

const host = 'broker';

export interface Producer {
  /** Sends in a PRODUCER span; resolves when the broker has the message. */
  publish(context: Context, topic: string, body: unknown): Promise<void>;
  close(): void;
}

export function createProducer(tracer: Tracer, directory: Directory): Producer {
  const agent = new Agent({ keepAlive: true });
  return {
    async publish(context, topic, body) {
      const port = directory.portOf(host);
      const span = tracer.startSpan(
        `send ${topic}`,
        {
          kind: SpanKind.PRODUCER,
          attributes: messagingAttributes(topic, port, 'send', 'publish'),
        },
        context,
      );
      try {
        const message = { headers: traceHeaders(trace.setSpan(context, span)), body };
        const path = `/topics/${topic}`;
        const reply = await exchange(agent, { host, port, method: 'POST', path, body: message });
        if (reply.status !== 202) throw new ShopError('BrokerError', `the broker answered ${reply.status}`);
        span.setAttribute('messaging.message.id', textField(reply.body, 'id') ?? '');
      } catch (error) {
        failSpan(span, error);
        throw error;
      } finally {
        span.end();
      }
    },
    close: () => agent.destroy(),
  };
}

export interface ConsumerOptions {
  readonly tracer: Tracer;
  readonly directory: Directory;
  readonly topic: string;
  /** `messaging.consumer.group.name`. */
  readonly group: string;
  /**
   * `each`: a CONSUMER span a message, child of its PRODUCER. `batch`: one for all that were
   * received, in a trace of its own, linked to every PRODUCER.
   */
  readonly grouping: 'each' | 'batch';
  /** What to do with them; a rejection is recorded on the span, and the messages are done with. */
  handle(context: Context, messages: readonly Message[]): Promise<void>;
}

export interface Consumer {
  close(): void;
}

/** Receives and handles messages, one receive after the other, until closed. */
export function startConsumer(options: ConsumerOptions): Consumer {
  const agent = new Agent({ keepAlive: true });
  const closing = new AbortController();
  void consume(options, agent, closing.signal);
  return {
    close() {
      closing.abort();
      agent.destroy();
    },
  };
}

async function consume(options: ConsumerOptions, agent: Agent, signal: AbortSignal): Promise<void> {
  const path = `/topics/${options.topic}/${options.group}`;
  const port = options.directory.portOf(host);
  while (!signal.aborted) {
    try {
      const reply = await exchange(agent, { host, port, method: 'GET', path, signal });
      const messages = reply.body as readonly Message[];
      if (messages.length === 0) continue;
      const groups = options.grouping === 'each' ? messages.map((message) => [message]) : [messages];
      await Promise.all(groups.map((group) => handleInSpan(options, port, group)));
    } catch {
      // The broker did not answer: it is stopping, or we are. A pause keeps this from spinning.
      await sleep(500, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function handleInSpan(options: ConsumerOptions, port: number, messages: readonly Message[]): Promise<void> {
  const { span, context } = startConsumerSpan(options, port, messages);
  try {
    await options.handle(context, messages);
  } catch (error) {
    failSpan(span, error);
  } finally {
    span.end();
  }
}

function startConsumerSpan(
  { tracer, topic, group, grouping }: ConsumerOptions,
  port: number,
  messages: readonly Message[],
): { span: Span; context: Context } {
  const sent = messages.map((message) => contextFrom(message.headers));
  const parent = grouping === 'each' ? (sent[0] ?? ROOT_CONTEXT) : ROOT_CONTEXT;
  const attributes: Attributes = {
    ...messagingAttributes(topic, port, 'process', 'process'),
    'messaging.consumer.group.name': group,
    ...(grouping === 'each'
      ? { 'messaging.message.id': messages[0]?.id ?? '' }
      : { 'messaging.batch.message_count': messages.length }),
  };
  const links = grouping === 'each' ? [] : sent.flatMap(linkTo);
  const span = tracer.startSpan(`process ${topic}`, { kind: SpanKind.CONSUMER, attributes, links }, parent);
  return { span, context: trace.setSpan(parent, span) };
}

function linkTo(context: Context): Link[] {
  const target = trace.getSpanContext(context);
  return target === undefined ? [] : [{ context: target }];
}

function messagingAttributes(topic: string, port: number, type: string, operation: string): Attributes {
  return {
    'messaging.system': 'rabbitmq',
    'messaging.destination.name': topic,
    'messaging.operation.type': type,
    'messaging.operation.name': operation,
    'server.address': host,
    'server.port': port,
  };
}
