import { useCallback, useDeferredValue, useMemo } from 'react';

import { findNodes } from './model/find.ts';
import { foldsOf } from './model/fold.ts';
import { mainPart, opensOnMain, type Row, rowsOf } from './model/rows.ts';
import { spansOf } from './model/span.ts';
import { type Timing, timingOf } from './model/timing.ts';
import { type Node, type Tree, treeOf } from './model/tree.ts';
import { type TraceParams, type Zoom, zoomOf, zoomText } from './params.ts';
import type { Source } from './query.ts';
import { type TraceState, useTraceState } from './state.ts';

/** What is shown of a trace, and how to change it. */
export interface View extends TraceState {
  readonly tree: Tree;
  readonly timing: Timing;
  readonly rows: readonly Row[];
  /** Row of each key. */
  readonly rowAt: ReadonlyMap<string, number>;
  readonly mainOnly: boolean;
  readonly whole: Zoom;
  readonly zoom: Zoom;
  readonly selected: Node | null;
  /** The row that the keys go from: a span, or a fold. */
  readonly selectedKey: string | null;
  readonly matches: readonly Node[];
  readonly isMatch: ReadonlySet<Node>;
  readonly focus: Node | null;
  readonly setZoom: (zoom: Zoom | null) => void;
  readonly select: (key: string, details?: boolean) => void;
  /** Selects a span wherever it is, and shows it. */
  readonly reveal: (node: Node) => void;
  readonly toggle: (row: Row) => void;
  readonly showAllChildren: (node: Node) => void;
}

const none: readonly string[] = [];

export function useView({ otlp, lateness }: Source): View {
  const state = useTraceState();
  const { params, change } = state;
  const tree = useMemo(() => treeOf(spansOf(otlp, lateness)), [otlp, lateness]);
  const timing = useMemo(() => timingOf(tree, params.clock === 'corrected'), [tree, params.clock]);
  const main = useMemo(() => mainPart(tree, timing), [tree, timing]);
  const find = useDeferredValue(params.find ?? '');
  const matches = useMemo(() => findNodes(tree, find), [tree, find]);
  const isMatch = useMemo(() => new Set(matches), [matches]);
  const mainOnly = params.rows === undefined ? opensOnMain(tree) : params.rows === 'main';
  const selectedKey = params.span ?? null;
  const selected = (selectedKey === null ? null : tree.byKey.get(selectedKey)) ?? null;
  const focus = (params.focus === undefined ? null : tree.byKey.get(params.focus)) ?? null;
  const { collapsed = none, opened = none } = params;
  const rows = useMemo(
    () =>
      rowsOf(tree, main, {
        mainOnly,
        collapsed: new Set(collapsed),
        opened: new Set(opened),
        focus,
        wanted: selected === null ? matches : [...matches, selected],
      }),
    [tree, main, mainOnly, collapsed, opened, focus, matches, selected],
  );
  const rowAt = useMemo(() => new Map(rows.map(({ key }, at) => [key, at])), [rows]);
  const whole = useMemo(() => wholeOf(timing, focus), [timing, focus]);
  const zoom = zoomOf(params.zoom) ?? whole;

  const setZoom = useCallback(
    (next: Zoom | null) => change({ zoom: next === null || isWhole(next, whole) ? undefined : zoomText(next) }),
    [change, whole],
  );
  const select = useCallback(
    (key: string, details?: boolean) =>
      change({ span: key, ...(details === true && { details: true }), full: undefined }),
    [change],
  );
  const reveal = useCallback(
    (node: Node) => {
      const above = ancestorKeys(node);
      const focused = focus === null || above.has(focus.key) || focus === node;
      change({
        span: node.key,
        full: undefined,
        collapsed: collapsed.filter((key) => !above.has(key)),
        ...(!focused && { focus: undefined }),
      });
    },
    [change, collapsed, focus],
  );
  const toggle = useCallback(
    (row: Row) => change(toggled(row, { collapsed, opened }, selected)),
    [change, collapsed, opened, selected],
  );
  const showAllChildren = useCallback(
    (node: Node) => change({ opened: [...opened, node.key], collapsed: collapsed.filter((key) => key !== node.key) }),
    [change, opened, collapsed],
  );
  return {
    ...state,
    tree,
    timing,
    rows,
    rowAt,
    mainOnly,
    whole,
    zoom,
    selected,
    selectedKey,
    matches,
    isMatch,
    focus,
    setZoom,
    select,
    reveal,
    toggle,
    showAllChildren,
  };
}

function wholeOf(timing: Timing, focus: Node | null): Zoom {
  const fromMs = focus === null ? timing.fromMs : (timing.startMs[focus.at] ?? 0);
  const toMs = focus === null ? timing.toMs : fromMs + (timing.durationMs[focus.at] ?? 0);
  // Without any length there is nothing to draw along.
  return { fromMs, toMs: toMs > fromMs ? toMs : fromMs + 0.001 };
}

function isWhole(zoom: Zoom, whole: Zoom): boolean {
  return zoom.fromMs <= whole.fromMs && zoom.toMs >= whole.toMs;
}

function ancestorKeys(node: Node): ReadonlySet<string> {
  const keys = new Set<string>();
  for (let above = node.parent; above !== null; above = above.parent) keys.add(above.key);
  return keys;
}

/** A row whose children or members are shown no longer, or again. What was selected below it is not seen then: it is. */
function toggled(
  row: Row,
  { collapsed, opened }: { readonly collapsed: readonly string[]; readonly opened: readonly string[] },
  selected: Node | null,
): Partial<TraceParams> {
  const flip = (list: readonly string[]) =>
    list.includes(row.key) ? list.filter((key) => key !== row.key) : [...list, row.key];
  if (row.fold !== null) {
    const inside = selected !== null && row.open && foldHolds(row.fold.members, selected);
    return { opened: flip(opened), ...(inside && { span: row.key }) };
  }
  const inside = selected !== null && row.open === true && ancestorKeys(selected).has(row.key);
  return { collapsed: flip(collapsed), ...(inside && { span: row.key }) };
}

function foldHolds(members: readonly Node[], node: Node): boolean {
  for (let at: Node | null = node; at !== null; at = at.parent) if (members.includes(at)) return true;
  return false;
}

/** The fold that a node stands in; null where it stands by itself. */
export function foldKeyOf(node: Node): string | null {
  return node.parent === null ? null : (foldsOf(node.parent.children).get(node)?.key ?? null);
}
