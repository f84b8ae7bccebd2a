import { base, el, show } from './dom.js';
import { localTime } from './format.js';
import { loadOverview, overview } from './overview.js';
import { loadRollups, rollups } from './rollups.js';
import { traceView } from './trace.js';

const refreshMs = 3000;
const content = document.getElementById('content');
const problem = document.getElementById('problem');
const live = document.getElementById('live');
/** What is asked for, below the base. */
const here = location.pathname.slice(base.length);
const traceId = /^trace\/([0-9a-fA-F]{1,32})\/?$/.exec(here)?.[1];

let paused = false;
let timer = 0;
/** What is on the page, as text, to leave it alone while nothing changed. */
let shown = '';
let shownAtMs = 0;

async function get(path) {
  const response = await fetch(base + path).catch(() => {
    throw Object.assign(new Error('Spanloom does not answer.'), { status: 0 });
  });
  if (response.ok) return await response.json();
  const body = await response.json().catch(() => null);
  throw Object.assign(new Error(body?.error?.message ?? `HTTP ${response.status}`), { status: response.status });
}

/** Brings the page up to date; resolves to whether there can be anything new later. */
async function refresh() {
  if (here === 'rollups') {
    const answer = await loadRollups(get);
    render(answer, () => rollups(answer, Date.now()));
    return true;
  }
  if (traceId === undefined) {
    const answer = await loadOverview(get);
    render(answer, () => overview(answer, Date.now()));
    return true;
  }
  const answer = await get(`api/v1/traces/${traceId}`);
  const isShown = render(answer, () => traceView(answer, Date.now()));
  document.title = `${content.querySelector('h1').textContent} – Spanloom`;
  return answer.state === 'open' || !isShown;
}

/** Shows an answer; tells whether the page is what it says now. */
function render(answer, draw) {
  const text = JSON.stringify(answer);
  if (text !== shown) {
    // Drawing anew would take away what somebody is selecting to copy.
    if (isSelecting()) return false;
    show(content, ...draw());
    shown = text;
  }
  shownAtMs = Date.now();
  return true;
}

function isSelecting() {
  const selection = getSelection();
  return shown !== '' && selection !== null && !selection.isCollapsed && content.contains(selection.anchorNode);
}

async function tick() {
  clearTimeout(timer);
  let again = true;
  try {
    if (!paused && !document.hidden) again = await refresh();
    problem.hidden = true;
  } catch (error) {
    if (error.status === 404 && traceId !== undefined) {
      render('not found', () => [notFound()]);
      problem.hidden = true;
    } else {
      showProblem(error);
      if (error.status === undefined) console.error(error);
    }
  }
  if (again) timer = setTimeout(() => void tick(), refreshMs);
  else live.hidden = true;
}

function showProblem(error) {
  const since = shownAtMs === 0 ? '' : ` This is how it was at ${localTime(shownAtMs, Date.now())}.`;
  problem.textContent = `${error.message}${since} Trying again …`;
  problem.hidden = false;
  if (shownAtMs === 0) content.replaceChildren();
}

function notFound() {
  return el(
    'section',
    { class: 'welcome' },
    el('h1', {}, 'No such trace'),
    el('p', {}, 'No span of ', el('code', {}, traceId), ' is here. If one is on its way, it shows up by itself.'),
    el('p', {}, el('a', { href: base, 'data-key': 'overview' }, 'Overview')),
  );
}

live.addEventListener('click', () => {
  paused = !paused;
  live.textContent = paused ? 'Paused' : 'Live';
  live.classList.toggle('paused', paused);
  void tick();
});

document.addEventListener('visibilitychange', () => {
  if (!document.hidden && !live.hidden) void tick();
});

document.getElementById('open').addEventListener('submit', (event) => {
  event.preventDefault();
  location.href = `${base}trace/${encodeURIComponent(event.target.elements.id.value.trim())}`;
});

void tick();
