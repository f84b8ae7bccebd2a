import { badge, base, el, moment } from './dom.js';
import { counted, duration, number } from './format.js';
import { spanDetails } from './details.js';
import { flatten, treeLines } from './tree.js';

/** More lines than this make a page that no browser scrolls smoothly. */
const maxLines = 2000;

/** Colours for services, in style.css; the ninth service has the first one's again. */
const tones = 8;

/** Keys of the spans whose details are open, kept while the trace is refreshed. */
const opened = new Set();

const statusError = 2;

export function traceView(answer, nowMs) {
  const spans = flatten(answer.trace);
  const lines = treeLines(spans);
  const root = lines.find((line) => line.span !== undefined)?.span ?? spans[0];
  const scale = scaleOf(spans);
  const toneOf = new Map();
  for (const { span } of lines) {
    if (span !== undefined && !toneOf.has(span.service)) toneOf.set(span.service, `var(--tone${toneOf.size % tones})`);
  }
  const failed = spans.filter(isFailed).length;
  return [
    el('p', { class: 'path' }, el('a', { href: base, 'data-key': 'overview' }, 'Overview')),
    el('h1', {}, `${root.service} ${root.name}`),
    el(
      'dl',
      { class: 'facts' },
      fact('Duration', duration(scale.totalMs)),
      fact('Started', moment(Number(scale.firstNs / 1_000_000n), nowMs)),
      fact('Spans', number(answer.spanCount)),
      fact('Services', number(toneOf.size)),
      fact('Errors', failed === 0 ? '0' : el('strong', { class: 'error' }, number(failed))),
      fact('State', state(answer)),
      fact('Trace id', el('code', {}, answer.traceId)),
    ),
    answer.partial ? el('p', { class: 'error' }, 'The store is far behind: some spans may not be shown yet.') : null,
    missing(answer),
    el('div', { class: 'spans' }, axis(scale), spanList(lines, answer, scale, toneOf)),
    lines.length > maxLines ? el('p', {}, `${number(lines.length - maxLines)} more spans are not drawn.`) : null,
  ].filter((child) => child !== null);
}

function fact(name, value) {
  return el('div', {}, el('dt', {}, name), el('dd', {}, value));
}

/** Where the bars begin and how long all of them are. */
function scaleOf(spans) {
  const firstNs = spans.reduce((least, span) => (span.startNs < least ? span.startNs : least), spans[0].startNs);
  const startMs = (span) => Number(span.startNs - firstNs) / 1e6;
  const totalMs = spans.reduce((most, span) => Math.max(most, startMs(span) + span.durationMs), 0);
  return { firstNs, startMs, totalMs };
}

/** Wholeness of an open trace says nothing yet: what is missing may be on its way. */
function state({ state, complete, remoteRoot }) {
  if (state === 'open') return badge('busy', 'open: more may come');
  if (!complete) return badge('bad', 'incomplete');
  return remoteRoot ? 'stored, complete (its caller does not report)' : 'stored, complete';
}

function missing({ state, complete, missingParents, missingCount }) {
  if (state === 'open' || complete || missingCount === 0) return null;
  const more = missingCount > missingParents.length ? ` and ${number(missingCount - missingParents.length)} more` : '';
  return el(
    'p',
    { class: 'error' },
    `Missing: ${missingCount === 1 ? 'parent span' : `${counted(missingCount, 'parent span')},`} `,
    el('code', {}, missingParents.join(', ')),
    `${more}.`,
  );
}

/** What a quarter of the width is in time, above the bars. */
function axis({ totalMs }) {
  const ticks = [0, 0.25, 0.5, 0.75].map((part) => el('span', {}, duration(totalMs * part)));
  return el(
    'div',
    { class: 'axis row', 'aria-hidden': 'true' },
    el('span', {}, 'Span'),
    el('span', { class: 'number' }, 'Duration'),
    el('span', { class: 'ticks' }, ticks),
  );
}

function spanList(lines, answer, scale, toneOf) {
  const drawn = lines.slice(0, maxLines);
  return el(
    'ol',
    { 'aria-label': 'Spans, parents before their children' },
    drawn.map((line) => (line.span === undefined ? gap(line, answer) : spanLine(line, scale, toneOf))),
  );
}

/** In the place of a parent that is not here; a remote root's parent is not expected to be. */
function gap({ missing: id }, { state, remoteRoot }) {
  if (remoteRoot) return el('li', { class: 'gap quiet' }, `called by span ${id}, elsewhere`);
  if (state === 'open') return el('li', { class: 'gap quiet' }, `span ${id} is not here yet`);
  return el('li', { class: 'gap error' }, `span ${id} is missing`);
}

function spanLine({ span, depth }, scale, toneOf) {
  const name = el(
    'span',
    { class: 'name', title: `${span.service} ${span.name}` },
    el('b', {}, span.service),
    ` ${span.name}`,
  );
  const cell = el('span', { class: 'label' }, name, isFailed(span) ? badge('bad', 'error') : null);
  cell.style.paddingInlineStart = indent(depth);
  const bar = el('span', { class: 'bar' });
  bar.style.background = toneOf.get(span.service);
  bar.style.marginInlineStart = percent(scale.startMs(span), scale.totalMs);
  bar.style.width = percent(span.durationMs, scale.totalMs);
  const summary = el(
    'summary',
    { class: 'row', 'data-key': span.key },
    cell,
    el('span', { class: 'number' }, duration(span.durationMs)),
    el('span', { class: 'track', 'aria-hidden': 'true' }, bar),
  );
  const details = el('details', { open: opened.has(span.key) }, summary);
  const fill = () => {
    if (details.open && details.childElementCount === 1) details.append(spanDetails(span, scale.startMs(span)));
  };
  details.addEventListener('toggle', () => {
    if (details.open) opened.add(span.key);
    else opened.delete(span.key);
    fill();
  });
  fill();
  return el('li', {}, details);
}

function isFailed(span) {
  return span.status?.code === statusError;
}

function percent(part, whole) {
  return `${whole === 0 ? 0 : Math.min(100, (part / whole) * 100)}%`;
}

/** Beyond 30 levels the names would leave the page. */
function indent(depth) {
  return `${Math.min(depth, 30) * 0.9}rem`;
}
