import { el, show } from './dom.js';
import { loadOverview, overview } from './overview.js';
import { traceView } from './trace.js';

const refreshMs = 3000;
const content = document.getElementById('content');
const problem = document.getElementById('problem');
const live = document.getElementById('refresh');
const traceId = /^\/trace\/([0-9a-fA-F]{1,32})\/?$/.exec(location.pathname)?.[1];

async function get(url) {
  const response = await fetch(url);
  if (response.ok) return await response.json();
  const body = await response.json().catch(() => null);
  throw Object.assign(new Error(body?.error?.message ?? `HTTP ${response.status}`), { status: response.status });
}

/** Shows the page once; resolves to whether there can be anything new later. */
async function refresh() {
  if (traceId === undefined) {
    show(content, ...overview(await loadOverview(get), Date.now()));
    return true;
  }
  const answer = await get(`/api/v1/traces/${traceId}`);
  show(content, ...traceView(answer));
  document.title = `${content.querySelector('h1').textContent} – Spanloom`;
  return answer.state === 'open';
}

async function tick() {
  let again = true;
  try {
    if (live.getAttribute('aria-pressed') === 'true' && !document.hidden) again = await refresh();
    problem.hidden = true;
  } catch (error) {
    if (error.status === 404 && traceId !== undefined) show(content, notFound());
    else {
      problem.textContent = `Cannot refresh: ${error.message}`;
      problem.hidden = false;
    }
  }
  if (again) setTimeout(tick, refreshMs);
  else live.hidden = true;
}

function notFound() {
  return el(
    'section',
    { class: 'welcome' },
    el('h1', {}, 'No such trace'),
    el(
      'p',
      {},
      'There is no span of ',
      el('code', {}, traceId),
      ' here. If it is on its way, it will show up by itself.',
    ),
  );
}

live.addEventListener('click', () => {
  const pressed = live.getAttribute('aria-pressed') !== 'true';
  live.setAttribute('aria-pressed', String(pressed));
  live.textContent = pressed ? 'Live' : 'Paused';
});

document.getElementById('open').addEventListener('submit', (event) => {
  event.preventDefault();
  location.href = `/trace/${encodeURIComponent(event.target.elements.id.value.trim())}`;
});

void tick();
