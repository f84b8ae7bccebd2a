import { localTime } from './format.js';

/** The path that everything lies below, whatever a proxy put before it; ends with a slash. */
export const base = new URL('../', import.meta.url).pathname;

/**
 * An element with properties and children. Children that are strings become text nodes: nothing
 * that a span carries is ever parsed as HTML. Children that are null are left out.
 */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (name in element && typeof value !== 'string') element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter((child) => child !== null));
  return element;
}

/** A table. `columns`: name, cell(row) → node or string, and `number` for those that align right. */
export function table(kind, columns, rows) {
  const header = (column) => el('th', { scope: 'col', class: column.number ? 'number' : undefined }, column.name);
  const cell = (column, row) => el('td', { class: column.number ? 'number' : undefined }, column.cell(row));
  const line = (row) =>
    el(
      'tr',
      {},
      columns.map((column) => cell(column, row)),
    );
  return el(
    'table',
    { class: kind },
    el('thead', {}, el('tr', {}, columns.map(header))),
    el('tbody', {}, rows.map(line)),
  );
}

/** A moment in the time zone of whoever looks; in UTC when the pointer rests on it. */
export function moment(timeMs, nowMs) {
  const iso = new Date(timeMs).toISOString();
  return el(
    'time',
    { datetime: iso, title: `${iso.replace('T', ' ').replace('Z', '')} UTC` },
    localTime(timeMs, nowMs),
  );
}

/** Said only where something is wrong or unfinished. `kind`: bad or busy. */
export function badge(kind, text) {
  return el('span', { class: `badge ${kind}` }, text);
}

/** Replaces what an element shows, and puts the keyboard focus back on the same link or control. */
export function show(parent, ...children) {
  const focused = document.activeElement?.dataset?.key;
  parent.replaceChildren(...children);
  if (focused === undefined) return;
  for (const candidate of parent.querySelectorAll('[data-key]')) {
    if (candidate.dataset.key === focused) candidate.focus({ preventScroll: true });
  }
}
