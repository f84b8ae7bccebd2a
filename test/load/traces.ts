import { type Attribute, type Span, SpanKind, StatusCode } from '@spanloom/span';

import type { Call } from './ledger.ts';
import type { Random } from './random.ts';

/** The demo system of the tests: who calls whom. Calls to a database or a queue end there. */
const calls: Readonly<Record<string, readonly Target[]>> = {
  frontend: [
    { to: 'checkout', kind: 'rpc', medianMs: 12 },
    { to: 'catalog', kind: 'rpc', medianMs: 6 },
  ],
  checkout: [
    { to: 'cart', kind: 'rpc', medianMs: 4 },
    { to: 'payment', kind: 'rpc', medianMs: 8 },
    { to: 'orders', kind: 'database', medianMs: 3 },
    { to: 'mailer', kind: 'messaging', medianMs: 5 },
  ],
  catalog: [{ to: 'products', kind: 'database', medianMs: 2 }],
  cart: [{ to: 'carts', kind: 'database', medianMs: 1 }],
  payment: [],
  mailer: [],
};

interface Target {
  readonly to: string;
  readonly kind: 'rpc' | 'database' | 'messaging';
  readonly medianMs: number;
}

/** A trace as the services of the test system would report it. */
export interface GeneratedTrace {
  readonly traceId: string;
  /** Each service's spans: what its SDK would send as one batch. */
  readonly batches: readonly (readonly Span[])[];
  readonly spans: number;
  readonly calls: readonly Call[];
}

export interface TraceOptions {
  /** Unix milliseconds of the root's start. */
  readonly startMs: number;
  /** How often checkout and catalog are called: 1 gives about 9 spans, 2 about 18. */
  readonly repeats?: number;
  readonly environment?: string;
}

/** Makes one trace of a frontend, its callees, their databases and a queue hop. */
export function makeTrace(random: Random, options: TraceOptions): GeneratedTrace {
  const traceId = random.hex(16);
  const environment = options.environment ?? 'test';
  const byService = new Map<string, Span[]>();
  const made: Call[] = [];
  let atNs = BigInt(options.startMs) * 1_000_000n;

  const record = (
    service: string,
    name: string,
    kind: Span['kind'],
    parentSpanId: string,
    durationNs: number,
    error: boolean,
    attributes: readonly Attribute[],
  ): string => {
    const spanId = random.hex(8);
    const startTimeUnixNano = (atNs += 50_000n);
    const span: Span = {
      traceId,
      spanId,
      parentSpanId,
      traceState: '',
      flags: 0x101,
      name,
      kind,
      startTimeUnixNano,
      endTimeUnixNano: startTimeUnixNano + BigInt(durationNs),
      attributes: [...attributes, ...commonAttributes(random)],
      droppedAttributesCount: 0,
      events: [],
      droppedEventsCount: 0,
      links: [],
      droppedLinksCount: 0,
      status: { code: error ? StatusCode.error : StatusCode.unset, message: error ? 'failed' : '' },
      resource: {
        attributes: [
          text('service.name', service),
          text('service.namespace', 'shop'),
          text('deployment.environment.name', environment),
        ],
        droppedAttributesCount: 0,
        schemaUrl: '',
      },
      scope: { name: 'test', version: '1', attributes: [], droppedAttributesCount: 0, schemaUrl: '' },
    };
    const spans = byService.get(service);
    if (spans === undefined) byService.set(service, [span]);
    else spans.push(span);
    return spanId;
  };

  const visit = (service: string, serverSpan: string): void => {
    for (const target of calls[service] ?? []) {
      for (let i = 0; i < (service === 'frontend' ? (options.repeats ?? 1) : 1); i++) {
        const clientNs = Math.round(random.logNormal(target.medianMs, 0.5) * 1e6) + 2;
        const serverNs = Math.max(1, Math.round(clientNs * 0.8));
        const error = random.chance(0.02);
        if (target.kind === 'database') {
          record(service, `SELECT ${target.to}`, SpanKind.client, serverSpan, clientNs, error, [
            text('db.system.name', 'postgresql'),
            text('db.namespace', target.to),
          ]);
          made.push({
            client: service,
            server: `postgresql/${target.to}`,
            kind: 'database',
            clientNs,
            serverNs: null,
            clientError: error,
            serverError: false,
          });
          continue;
        }
        const messaging = target.kind === 'messaging';
        const client = record(
          service,
          messaging ? `send ${target.to}` : `GET /${target.to}`,
          messaging ? SpanKind.producer : SpanKind.client,
          serverSpan,
          clientNs,
          error,
          messaging
            ? [text('messaging.system', 'kafka'), text('messaging.destination.name', target.to)]
            : [text('server.address', `${target.to}.test`)],
        );
        const server = record(
          target.to,
          messaging ? `process ${target.to}` : `GET /${target.to}`,
          messaging ? SpanKind.consumer : SpanKind.server,
          client,
          serverNs,
          error,
          [text('http.route', `/${target.to}`)],
        );
        made.push({
          client: service,
          server: target.to,
          kind: target.kind,
          clientNs,
          serverNs,
          clientError: error,
          serverError: error,
        });
        visit(target.to, server);
      }
    }
  };

  const rootNs = Math.round(random.logNormal(40, 0.5) * 1e6);
  const root = record('frontend', 'GET /', SpanKind.server, '', rootNs, false, [text('http.route', '/')]);
  made.push({
    client: null,
    server: 'frontend',
    kind: 'entry',
    clientNs: null,
    serverNs: rootNs,
    clientError: false,
    serverError: false,
  });
  visit('frontend', root);

  const batches = [...byService.values()];
  return { traceId, batches, spans: batches.reduce((sum, spans) => sum + spans.length, 0), calls: made };
}

function text(key: string, value: string): Attribute {
  return { key, value: { type: 'string', value } };
}

/** Six more, so that a span has about eight. */
function commonAttributes(random: Random): Attribute[] {
  return [
    text('http.request.method', 'GET'),
    { key: 'http.response.status_code', value: { type: 'int', value: 200n } },
    text('url.path', `/items/${random.int(1, 9999)}`),
    text('user_agent.original', 'test-agent/1.0'),
    text('network.protocol.version', '1.1'),
    { key: 'cache.hit', value: { type: 'bool', value: random.chance(0.5) } },
  ];
}
