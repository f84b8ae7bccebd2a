import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { useShortcuts } from '../keyboard/keyboard.tsx';
import type { Neighbours } from '../search/neighbours.ts';
import { pan, zoomAbout } from './model/scale.ts';
import type { Row } from './model/rows.ts';
import type { Node } from './model/tree.ts';
import type { View } from './view-model.ts';

const zoomStep = 1.5;
const panStep = 0.2;

/** Selects the next or previous of some spans, in the order of the tree, round and round. */
export function step(view: View, nodes: readonly Node[], by: 1 | -1): void {
  if (nodes.length === 0) return;
  const row = view.selectedKey === null ? undefined : view.rows[view.rowAt.get(view.selectedKey) ?? -1];
  const at = view.selected?.at ?? row?.node.at ?? (by > 0 ? -1 : Number.POSITIVE_INFINITY);
  const next = by > 0 ? nodes.find((node) => node.at > at) : nodes.findLast((node) => node.at < at);
  view.reveal(next ?? (by > 0 ? nodes[0] : nodes.at(-1)) ?? (nodes[0] as Node));
}

export interface TraceKeys {
  readonly view: View;
  readonly beside: Neighbours | null;
  readonly copyLink: () => void;
}

/** The keys of the trace page. */
export function useTraceKeys({ view, beside, copyLink }: TraceKeys): void {
  const { t } = useTranslation('trace');
  const navigate = useNavigate();
  const { rows, rowAt, selectedKey, selected, params, change, zoom, whole, setZoom } = view;
  const at = selectedKey === null ? -1 : (rowAt.get(selectedKey) ?? -1);
  const row = rows[at];
  const move = (by: number) => {
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
    if (next !== undefined) view.select(next.key);
  };
  const failed = () => view.tree.nodes.filter(({ span }) => span?.error === true);
  const centre = () => {
    const middle = (zoom.fromMs + zoom.toMs) / 2;
    if (selected === null) return middle;
    const start = view.timing.startMs[selected.at] ?? 0;
    const spanMiddle = start + (view.timing.durationMs[selected.at] ?? 0) / 2;
    return spanMiddle >= zoom.fromMs && spanMiddle <= zoom.toMs ? spanMiddle : middle;
  };
  const goTo = (side: 'previous' | 'next') => {
    const traceId = beside?.[side] ?? null;
    if (beside === null || traceId === null) return;
    void navigate({ to: '/trace/$traceId', params: { traceId }, search: beside.found });
  };
  useShortcuts([
    { keys: ['j', 'ArrowDown'], label: t('keys.down'), run: () => move(1) },
    { keys: ['k', 'ArrowUp'], label: t('keys.up'), run: () => move(-1) },
    { keys: ['ArrowLeft'], label: t('keys.left'), run: () => row && left(view, row) },
    { keys: ['ArrowRight'], label: t('keys.right'), run: () => row && right(view, row, at) },
    { keys: ['Enter'], label: t('keys.open'), run: () => enter(view, row) },
    { keys: ['e'], label: t('keys.error'), run: () => step(view, failed(), 1) },
    { keys: ['E'], label: t('keys.errorBack'), run: () => step(view, failed(), -1) },
    { keys: ['n'], label: t('keys.match'), run: () => step(view, view.matches, 1) },
    { keys: ['N'], label: t('keys.matchBack'), run: () => step(view, view.matches, -1) },
    {
      keys: ['c'],
      label: t('keys.critical'),
      run: () => change({ critical: params.critical === 'off' ? undefined : 'off' }),
    },
    {
      keys: ['f'],
      label: t('keys.focus'),
      run: () => change({ focus: params.focus === selected?.key ? undefined : selected?.key, zoom: undefined }, true),
    },
    { keys: ['w'], label: t('keys.zoomIn'), run: () => setZoom(zoomAbout(zoom, whole, centre(), 1 / zoomStep)) },
    { keys: ['s'], label: t('keys.zoomOut'), run: () => setZoom(zoomAbout(zoom, whole, centre(), zoomStep)) },
    { keys: ['a'], label: t('keys.panLeft'), run: () => setZoom(pan(zoom, whole, -panStep)) },
    { keys: ['d'], label: t('keys.panRight'), run: () => setZoom(pan(zoom, whole, panStep)) },
    { keys: ['['], label: t('keys.previous'), run: () => goTo('previous') },
    { keys: [']'], label: t('keys.next'), run: () => goTo('next') },
    { keys: ['y'], label: t('copyLink', { ns: 'common' }), run: copyLink },
    { keys: ['Escape'], label: t('keys.back'), run: () => back(view) },
  ]);
}

/** Closes a row, or goes to the one that it stands in. */
function left(view: View, row: Row): void {
  if (row.open === true) return view.toggle(row);
  for (let at = (view.rowAt.get(row.key) ?? 0) - 1; at >= 0; at--) {
    const above = view.rows[at];
    if (above !== undefined && above.level < row.level) return view.select(above.key);
  }
}

/** Opens a row, or goes to the first one in it. */
function right(view: View, row: Row, at: number): void {
  if (row.open === false) return view.toggle(row);
  const next = view.rows[at + 1];
  if (next !== undefined && next.level > row.level) return view.select(next.key);
  if (row.fold === null && row.leftOut > 0) view.showAllChildren(row.node);
}

/** Details of a span; the members of a fold. */
function enter(view: View, row: Row | undefined): void {
  if (row === undefined) return;
  if (row.fold === null) view.select(row.key, true);
  else view.toggle(row);
}

/** Takes back one thing: the details, then the focus, then the zoom; then the page before. */
function back({ params, change }: View): void {
  if (params.details === true) change({ details: undefined });
  else if (params.focus !== undefined) change({ focus: undefined, zoom: undefined });
  else if (params.zoom !== undefined) change({ zoom: undefined });
  else history.back();
}
