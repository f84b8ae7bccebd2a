import { el } from './dom.js';
import { duration, number } from './format.js';
import { flatten, treeLines } from './tree.js';

/** More lines than this make a page that no browser scrolls smoothly. */
const maxLines = 2000;

/** Keys of the spans whose details are open, kept while the trace is refreshed. */
const opened = new Set();

export function traceView(answer) {
  const spans = flatten(answer.trace);
  const first = spans.reduce((least, span) => (span.startNs < least ? span.startNs : least), spans[0].startNs);
  const last = spans.reduce((most, span) => Math.max(most, offsetMs(span, first) + span.durationMs), 0);
  const lines = treeLines(spans);
  const root = lines.find((line) => line.span !== undefined)?.span ?? spans[0];
  return [
    el('h1', {}, `${root.service}: ${root.name}`),
    el(
      'p',
      { class: 'facts' },
      verdict(answer),
      answer.state === 'open' ? el('span', { class: 'badge' }, 'open: more may come') : null,
      ` ${duration(last)} · ${number(answer.spanCount)} spans · `,
      el('code', {}, answer.traceId),
    ),
    answer.partial ? el('p', { class: 'error' }, 'The store is far behind: some spans may not be shown yet.') : null,
    missing(answer),
    el(
      'ol',
      { class: 'spans', 'aria-label': 'Spans, parents before their children' },
      lines
        .slice(0, maxLines)
        .map((line) => (line.span === undefined ? gap(line, answer) : spanLine(line, first, last))),
    ),
    lines.length > maxLines ? el('p', {}, `${number(lines.length - maxLines)} more spans are not drawn.`) : null,
  ].filter((child) => child !== null);
}

function verdict({ complete, remoteRoot }) {
  if (!complete) return el('span', { class: 'badge bad' }, 'incomplete');
  return el('span', { class: 'badge good' }, remoteRoot ? 'complete, remote root' : 'complete');
}

function missing({ complete, missingParents, missingCount }) {
  if (complete || missingCount === 0) return null;
  const more = missingCount > missingParents.length ? ` and ${number(missingCount - missingParents.length)} more` : '';
  return el(
    'p',
    { class: 'error' },
    `Missing: ${missingCount === 1 ? 'a parent span' : `${number(missingCount)} parent spans`} `,
    el('code', {}, missingParents.join(', ')),
    `${more}.`,
  );
}

/** In the place of a parent that is not here; a remote root's parent is not expected to be. */
function gap({ missing: id }, { remoteRoot }) {
  return el(
    'li',
    { class: remoteRoot ? 'gap quiet' : 'gap error' },
    remoteRoot ? `called by span ${id}, elsewhere` : `span ${id} never came`,
  );
}

function spanLine({ span, depth }, first, totalMs) {
  const failed = span.status?.code === 2;
  const name = el('span', { class: 'name' }, el('b', {}, span.service), ` ${span.name}`);
  name.style.paddingInlineStart = indent(depth);
  const bar = el('span', { class: failed ? 'bar failed' : 'bar', 'aria-hidden': 'true' });
  bar.style.marginInlineStart = percent(offsetMs(span, first), totalMs);
  bar.style.width = percent(span.durationMs, totalMs);
  const summary = el(
    'summary',
    { 'data-key': span.key },
    name,
    failed ? el('span', { class: 'badge bad' }, 'error') : el('span'),
    el('span', { class: 'number' }, duration(span.durationMs)),
    el('span', { class: 'track' }, bar),
  );
  const details = el('details', { open: opened.has(span.key) }, summary);
  const fill = () => {
    if (details.open && details.childElementCount === 1) details.append(facts(span, offsetMs(span, first)));
  };
  details.addEventListener('toggle', () => {
    if (details.open) opened.add(span.key);
    else opened.delete(span.key);
    fill();
  });
  fill();
  return el('li', {}, details);
}

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];

function facts(span, startMs) {
  const rows = [
    ['span id', span.spanId],
    ['kind', kinds[span.kind ?? 0] ?? String(span.kind)],
    ['starts after', duration(startMs)],
    ...(span.status?.message ? [['status', span.status.message]] : []),
    ...(span.attributes ?? []).map(({ key, value }) => [key, text(value)]),
    ...(span.events ?? []).map((event) => [`event ${event.name}`, attributesText(event.attributes)]),
    ...(span.links ?? []).map((link) => ['link', `${link.traceId} ${link.spanId}`]),
    ...(span.resource.attributes ?? []).map(({ key, value }) => [`resource ${key}`, text(value)]),
  ];
  return el('dl', {}, rows.map(([key, value]) => [el('dt', {}, key), el('dd', {}, value)]).flat());
}

function attributesText(attributes = []) {
  return attributes.map(({ key, value }) => `${key}=${text(value)}`).join(' ');
}

/** An OTLP value as text. */
function text(value) {
  if (value.arrayValue !== undefined) return `[${(value.arrayValue.values ?? []).map(text).join(', ')}]`;
  if (value.kvlistValue !== undefined) return `{${attributesText(value.kvlistValue.values)}}`;
  return String(Object.values(value)[0] ?? '');
}

function offsetMs(span, first) {
  return Number(span.startNs - first) / 1e6;
}

function percent(part, whole) {
  return `${whole === 0 ? 0 : Math.min(100, (part / whole) * 100)}%`;
}

/** Beyond 30 levels the names would leave the page. */
function indent(depth) {
  return `${Math.min(depth, 30) * 0.9}rem`;
}
