import { el, table } from './dom.js';
import { age, duration, number, serviceName } from './format.js';

/** What the overview asks for, together. */
export async function loadOverview(get) {
  const [services, traces, edges] = await Promise.all([
    get('/api/v1/services'),
    get('/api/v1/traces?limit=25'),
    get('/api/v1/edges?from=now-15m&limit=100'),
  ]);
  return { services: services.services, traces: traces.traces, edges };
}

export function overview({ services, traces, edges }, nowMs) {
  if (services.length === 0 && traces.length === 0) return [welcome()];
  return [
    el('h1', {}, 'Overview'),
    el('section', {}, el('h2', {}, `Services (${number(services.length)})`), serviceList(services)),
    el('section', {}, el('h2', {}, 'Recent traces'), tracesTable(traces, nowMs)),
    el('section', {}, el('h2', {}, 'Calls in the last 15 minutes'), completeness(edges), edgesTable(edges.edges)),
  ];
}

function serviceList(services) {
  return el(
    'ul',
    { class: 'services' },
    services.map((service) => el('li', {}, serviceName(service))),
  );
}

function tracesTable(traces, nowMs) {
  if (traces.length === 0) return el('p', {}, 'No trace was stored lately.');
  const link = (trace) => {
    const href = `/trace/${trace.traceId}`;
    const name = trace.root === null ? trace.traceId : `${trace.root.service.name}: ${trace.root.operation}`;
    return el('a', { href, 'data-key': href }, name);
  };
  return table(
    'The newest first; a trace appears here once it is finished.',
    [
      { name: 'Root', cell: link },
      { name: 'Duration', number: true, cell: (trace) => duration(trace.durationMs) },
      { name: 'Spans', number: true, cell: (trace) => number(trace.spanCount) },
      { name: 'Errors', number: true, cell: (trace) => errors(trace.errorCount) },
      { name: 'State', cell: (trace) => badge(trace.complete) },
      { name: 'Started', number: true, cell: (trace) => age(trace.startTime, nowMs) },
    ],
    traces,
  );
}

function badge(complete) {
  return el('span', { class: complete ? 'badge good' : 'badge bad' }, complete ? 'complete' : 'incomplete');
}

function errors(count) {
  return count === 0 ? '0' : el('strong', { class: 'error' }, number(count));
}

function completeness({ completeTo, behind }) {
  if (completeTo === null) return el('p', {}, 'Nothing was stored yet.');
  const late = behind.length === 0 ? '' : ` Far behind: partition ${behind.map((each) => each.partition).join(', ')}.`;
  return el('p', { class: behind.length === 0 ? 'quiet' : 'error' }, `Complete to ${completeTo}.${late}`);
}

function edgesTable(edges) {
  if (edges.length === 0) return el('p', {}, 'No calls yet. They are counted when their trace is finished.');
  const shown = (edge, name) => duration((edge.clientDurationMs ?? edge.serverDurationMs)?.[name]);
  return table(
    'Durations as the caller saw them; of an entry, as the service itself did.',
    [
      { name: 'From', cell: (edge) => (edge.client === null ? 'outside' : serviceName(edge.client)) },
      { name: 'To', cell: (edge) => serviceName(edge.server) },
      { name: 'Kind', cell: (edge) => edge.kind },
      { name: 'Calls', number: true, cell: (edge) => number(edge.calls) },
      { name: 'Errors', number: true, cell: (edge) => errors(Math.max(edge.clientErrors, edge.serverErrors)) },
      { name: 'p50', number: true, cell: (edge) => shown(edge, 'p50') },
      { name: 'p95', number: true, cell: (edge) => shown(edge, 'p95') },
      { name: 'p99', number: true, cell: (edge) => shown(edge, 'p99') },
    ],
    edges,
  );
}

/** Shown until the first span is stored: how to send one. */
function welcome() {
  return el(
    'section',
    { class: 'welcome' },
    el('h1', {}, 'Waiting for the first span'),
    el('p', {}, 'Point an application that has OpenTelemetry at this machine:'),
    el('pre', { tabindex: '0' }, `export OTEL_EXPORTER_OTLP_ENDPOINT=${intake}`),
    el('p', {}, 'Or send one span by hand; it shows up here by itself:'),
    el('pre', { tabindex: '0' }, firstSpan),
  );
}

// All ports move together (--ports), so the intake is as far from 4318 as this page is from 16686.
const intake = `http://${location.hostname}:${4318 + Number(location.port || 80) - 16686}`;
const firstSpan = curlCommand();

function curlCommand() {
  const nowNs = BigInt(Date.now()) * 1_000_000n;
  const span = {
    traceId: randomHex(16),
    spanId: randomHex(8),
    name: 'hello',
    kind: 2,
    startTimeUnixNano: String(nowNs - 25_000_000n),
    endTimeUnixNano: String(nowNs),
  };
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'first-service' } }] };
  const body = JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] });
  return `curl ${intake}/v1/traces -H 'content-type: application/json' -d '${body}'`;
}

function randomHex(bytes) {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
