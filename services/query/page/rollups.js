import { badge, base, el, moment, table } from './dom.js';
import { duration, number } from './format.js';

/** What the page of rollups asks for. */
export async function loadRollups(get) {
  const name = new URLSearchParams(location.search).get('name');
  if (name === null) return { name, runs: (await get('api/v1/rollups/runs?limit=200')).runs, results: [] };
  const query = encodeURIComponent(name);
  const [runs, results] = await Promise.all([
    get(`api/v1/rollups/runs?limit=200&name=${query}`),
    get(`api/v1/rollups/results?name=${query}`),
  ]);
  return { name, runs: runs.runs, results: results.results };
}

export function rollups({ name, runs, results }, nowMs) {
  return [
    el('h1', {}, name === null ? 'Rollups' : `Rollup ${name}`),
    ...results.map((result) => resultSection(result)),
    el('section', {}, el('h2', {}, 'Runs, newest first'), runsTable(runs, nowMs)),
  ];
}

function runsTable(runs, nowMs) {
  if (runs.length === 0) {
    return el('p', { class: 'quiet' }, 'No window was run yet. Hours follow 10 minutes after their end.');
  }
  const link = (run) => {
    const href = `${base}rollups?name=${encodeURIComponent(run.name)}`;
    return [el('a', { href, 'data-key': `${run.name} ${run.from} ${run.attempt}` }, run.name), state(run)]
      .flat()
      .filter((part) => part !== null);
  };
  return table(
    'runs',
    [
      { name: 'Rollup', cell: link },
      { name: 'Window (UTC)', cell: (run) => `${utc(run.from)} – ${utc(run.to)}` },
      { name: 'Rows', number: true, cell: (run) => number(run.rows) },
      { name: 'Took', number: true, cell: (run) => duration(run.durationMs) },
      { name: 'Started', number: true, cell: (run) => moment(Date.parse(run.startedAt), nowMs) },
    ],
    runs,
  );
}

function state({ status, error }) {
  if (status === 'failed') return [badge('bad', 'failed'), el('small', { class: 'quiet' }, ` ${error}`)];
  return status === 'running' ? badge('busy', 'running') : null;
}

/** A result has whatever columns its SQL gives. */
function resultSection({ from, to, lines }) {
  const names = Object.keys(lines[0] ?? {});
  const columns = names.map((name) => ({
    name,
    number: typeof lines[0][name] === 'number',
    cell: (line) => (typeof line[name] === 'number' ? number(line[name]) : String(line[name] ?? '')),
  }));
  return el(
    'section',
    {},
    el('h2', {}, `${utc(from)} – ${utc(to)} UTC`),
    lines.length === 0 ? el('p', { class: 'quiet' }, 'The result is empty.') : table('result', columns, lines),
  );
}

function utc(time) {
  return time.slice(0, 16).replace('T', ' ');
}
