import { badge, el, moment, table } from './dom.js';
import { counted, createNamer, duration, number } from './format.js';
import { welcome } from './welcome.js';

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
  const ends = edges.edges.flatMap(({ client, server }) => (client === null ? [server] : [client, server]));
  const nameOf = createNamer([...services, ...ends]);
  return [
    el('h1', {}, 'Overview'),
    el('section', { class: 'services' }, el('h2', {}, 'Services'), serviceList(services, nameOf)),
    el(
      'div',
      { class: 'columns' },
      el(
        'section',
        {},
        el('h2', {}, 'Calls, last 15 minutes'),
        edgesTable(edges.edges, nameOf),
        completeness(edges, nowMs),
      ),
      el('section', {}, el('h2', {}, 'Recent traces'), tracesTable(traces, nameOf, nowMs)),
    ),
  ];
}

function serviceList(services, nameOf) {
  const environments = [...new Set(services.map(({ environment }) => environment))];
  const where = environments.length === 1 && environments[0] !== '' ? `in environment ${environments[0]}` : null;
  return el(
    'ul',
    {},
    services.map((service) => el('li', {}, nameOf(service))),
    where === null ? null : el('li', { class: 'quiet' }, where),
  );
}

function tracesTable(traces, nameOf, nowMs) {
  if (traces.length === 0) return el('p', { class: 'quiet' }, 'No trace was stored lately.');
  const link = (trace) => {
    const href = `/trace/${trace.traceId}`;
    const name =
      trace.root === null
        ? el('code', {}, trace.traceId)
        : [el('b', {}, nameOf(trace.root.service)), ` ${trace.root.operation}`];
    return [
      el('a', { href, 'data-key': href }, name),
      trace.errorCount > 0 ? badge('bad', counted(trace.errorCount, 'error')) : null,
      trace.complete ? null : badge('bad', 'incomplete'),
    ];
  };
  return table(
    'traces',
    [
      { name: 'Trace', cell: link },
      { name: 'Duration', number: true, cell: (trace) => duration(trace.durationMs) },
      { name: 'Spans', number: true, cell: (trace) => number(trace.spanCount) },
      { name: 'Started', number: true, cell: (trace) => moment(trace.startTime, nowMs) },
    ],
    traces,
  );
}

function completeness({ completeTo, behind }, nowMs) {
  if (completeTo === null) return el('p', { class: 'quiet' }, 'Nothing was stored yet.');
  const partitions = behind.map((each) => each.partition).join(', ');
  return el(
    'p',
    { class: 'quiet' },
    'Durations as the caller saw them. Every span that arrived before ',
    moment(completeTo, nowMs),
    ' is counted.',
    behind.length === 0 ? null : el('strong', { class: 'error' }, ` Far behind: partition ${partitions}.`),
  );
}

function edgesTable(edges, nameOf) {
  if (edges.length === 0) {
    return el('p', { class: 'quiet' }, 'No calls yet. They are counted when their trace is finished.');
  }
  const figure = (name) => ({
    name,
    number: true,
    cell: (edge) => duration((edge.clientDurationMs ?? edge.serverDurationMs)?.[name]),
  });
  return table(
    'calls',
    [
      { name: 'Call', cell: (edge) => call(edge, nameOf) },
      { name: 'Calls', number: true, cell: (edge) => number(edge.calls) },
      { name: 'Errors', number: true, cell: (edge) => errors(Math.max(edge.clientErrors, edge.serverErrors)) },
      figure('p50'),
      figure('p95'),
      figure('p99'),
    ],
    edges,
  );
}

/** Who calls whom; the kind only where it is not the usual one. */
function call({ client, server, kind }, nameOf) {
  const from = client === null ? el('i', { class: 'quiet' }, 'outside') : nameOf(client);
  const unusual = kind === 'rpc' || kind === 'entry' ? null : el('small', { class: 'quiet' }, ` ${kind}`);
  return [from, el('span', { class: 'quiet' }, ' → '), nameOf(server), unusual];
}

function errors(count) {
  return count === 0 ? el('span', { class: 'quiet' }, '0') : el('strong', { class: 'error' }, number(count));
}
