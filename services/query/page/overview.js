import { badge, base, el, moment, table } from './dom.js';
import { counted, createNamer, duration, number } from './format.js';
import { welcome } from './welcome.js';

/** What the overview asks for, together. */
export async function loadOverview(get) {
  const [services, traces, edges] = await Promise.all([
    get('api/v1/services'),
    get('api/v1/traces?limit=25'),
    get('api/v1/edges?from=now-15m&limit=100'),
  ]);
  return { services: services.services, traces: traces.traces, edges };
}

export function overview({ services, traces, edges }, nowMs) {
  if (services.length === 0 && traces.length === 0) return [welcome()];
  const namer = createNamer(services);
  return [
    el('h1', {}, 'Overview'),
    el('section', { class: 'services' }, el('h2', {}, 'Services'), serviceList(services, namer)),
    el(
      'div',
      { class: 'columns' },
      el(
        'section',
        {},
        el('h2', {}, 'Calls, last 15 minutes'),
        edgesTable(edges.edges, namer),
        completeness(edges, nowMs),
      ),
      el('section', {}, el('h2', {}, 'Recent traces'), tracesTable(traces, namer, nowMs)),
    ),
  ];
}

function serviceList(services, namer) {
  const environments = [...new Set(services.map(({ environment }) => environment))];
  const where = environments.length === 1 && environments[0] !== '' ? `in environment ${environments[0]}` : null;
  return el(
    'ul',
    {},
    services.map((service) => el('li', {}, namer.nameOf(service), aside(namer.environmentOf(service)))),
    where === null ? null : el('li', { class: 'quiet' }, where),
  );
}

function tracesTable(traces, namer, nowMs) {
  if (traces.length === 0) return el('p', { class: 'quiet' }, 'No trace was stored lately.');
  const link = (trace) => {
    const href = `${base}trace/${trace.traceId}`;
    const name =
      trace.root === null
        ? el('code', {}, trace.traceId)
        : [el('b', {}, namer.nameOf(trace.root.service)), ` ${trace.root.operation}`];
    return [
      el('a', { href, 'data-key': href }, name),
      trace.root === null ? null : aside(namer.environmentOf(trace.root.service)),
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
      { name: 'Started', number: true, cell: (trace) => moment(Date.parse(trace.startTime), nowMs) },
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
    moment(Date.parse(completeTo), nowMs),
    ' is counted.',
    behind.length === 0 ? null : el('strong', { class: 'error' }, ` Far behind: partition ${partitions}.`),
  );
}

function edgesTable(edges, namer) {
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
      { name: 'Call', cell: (edge) => call(edge, namer) },
      { name: 'Calls', number: true, cell: (edge) => number(edge.calls) },
      { name: 'Errors', number: true, cell: (edge) => errors(Math.max(edge.clientErrors, edge.serverErrors)) },
      figure('p50'),
      figure('p95'),
      figure('p99'),
    ],
    edges,
  );
}

/** Who calls whom; the kind only where it is not the usual one, the environment once where it is the same. */
function call({ client, server, kind }, { nameOf, environmentOf }) {
  const from = client === null ? el('i', { class: 'quiet' }, 'outside') : nameOf(client);
  const unusual = kind === 'rpc' || kind === 'entry' ? '' : kind;
  const between = client === null || client.environment === server.environment ? '' : environmentOf(client);
  return [
    from,
    aside(between),
    el('span', { class: 'quiet' }, ' → '),
    nameOf(server),
    aside([environmentOf(server), unusual].filter((word) => word !== '').join(' · ')),
  ].filter((part) => part !== null);
}

/** A word beside a name, said softly; nothing where there is no word. */
function aside(text) {
  return text === '' ? null : el('small', { class: 'quiet' }, ` ${text}`);
}

function errors(count) {
  return count === 0 ? el('span', { class: 'quiet' }, '0') : el('strong', { class: 'error' }, number(count));
}
