import type { Node, Tree } from './tree.ts';

/** When each node ran, by its place: as the clocks said, or corrected for display. */
export interface Timing {
  readonly startMs: Float64Array;
  readonly durationMs: Float64Array;
  /** Time in which no child was running. */
  readonly selfMs: Float64Array;
  /** Time on the critical path. */
  readonly criticalMs: Float64Array;
  /** Pieces of the critical path: from, to, from, to …, ascending. */
  readonly critical: ReadonlyMap<number, readonly number[]>;
  /** From here to there runs the whole trace. */
  readonly fromMs: number;
  readonly toMs: number;
}

export function timingOf(tree: Tree, correctClocks: boolean): Timing {
  const count = tree.nodes.length;
  const startMs = new Float64Array(count);
  const durationMs = new Float64Array(count);
  const shifts = correctClocks ? clockShifts(tree) : null;
  let fromMs = Number.POSITIVE_INFINITY;
  let toMs = Number.NEGATIVE_INFINITY;
  for (const node of tree.nodes) {
    const start = node.startMs + (shifts?.[node.at] ?? 0);
    startMs[node.at] = start;
    durationMs[node.at] = node.durationMs;
    fromMs = Math.min(fromMs, start);
    toMs = Math.max(toMs, start + node.durationMs);
  }
  const timing: Timing = {
    startMs,
    durationMs,
    selfMs: new Float64Array(count),
    criticalMs: new Float64Array(count),
    critical: new Map(),
    fromMs: count === 0 ? 0 : fromMs,
    toMs: count === 0 ? 0 : toMs,
  };
  walk(tree, timing);
  return timing;
}

/**
 * How much a span starts before its parent, as a negative number; 0 where it does not. No span starts
 * before what caused it: the clocks of the two differ by at least so much.
 */
export function skewMs({ parent, startMs }: Node): number {
  return parent === null || parent.span === null ? 0 : Math.min(0, startMs - parent.startMs);
}

/** Puts each span that starts before its parent in its middle (at its start, where it is longer), and all below it with it. */
export function clockShifts(tree: Tree): Float64Array {
  const shifts = new Float64Array(tree.nodes.length);
  for (const node of tree.nodes) {
    const { parent } = node;
    if (parent === null) continue;
    const above = shifts[parent.at] ?? 0;
    const skew = skewMs(node);
    shifts[node.at] = skew === 0 ? above : above - skew + Math.max(0, (parent.durationMs - node.durationMs) / 2);
  }
  return shifts;
}

/**
 * Self time and the critical path, by the pipeline's own rules: from its end a span is walked back;
 * the child that was the last to end before the cursor is on the path, clipped to the part of its
 * parent that is, and the cursor moves to its start. So the spans below a root add up to it.
 */
function walk(tree: Tree, timing: Timing): void {
  const { startMs, durationMs } = timing;
  const from = new Float64Array(tree.nodes.length);
  const to = new Float64Array(tree.nodes.length);
  const onPath = new Uint8Array(tree.nodes.length);
  const start = ({ at }: Node) => startMs[at] ?? 0;
  const end = ({ at }: Node) => (startMs[at] ?? 0) + (durationMs[at] ?? 0);
  for (const node of tree.nodes) {
    const { at } = node;
    // What hangs below a span that never came is a root of its own, as in the figures.
    if (node.parent === null || node.parent.span === null) {
      onPath[at] = node.span === null ? 0 : 1;
      from[at] = start(node);
      to[at] = end(node);
    }
    if (node.span === null) continue;
    const children = node.children.length > 1 ? node.children.toSorted((a, b) => end(b) - end(a)) : node.children;
    timing.selfMs[at] = selfOf(children, start(node), end(node), start, end);
    if (onPath[at] === 0) continue;
    const pieces: number[] = [];
    const lowest = from[at] ?? 0;
    const highest = to[at] ?? 0;
    let cursor = highest;
    for (const child of children) {
      const childFrom = Math.max(start(child), lowest);
      const childTo = Math.min(end(child), highest);
      if (childTo > cursor || childFrom >= childTo) continue;
      if (cursor > childTo) pieces.push(cursor, childTo);
      cursor = childFrom;
      onPath[child.at] = 1;
      from[child.at] = childFrom;
      to[child.at] = childTo;
    }
    if (cursor > lowest) pieces.push(cursor, lowest);
    pieces.reverse();
    let sum = 0;
    for (let piece = 0; piece < pieces.length; piece += 2) sum += (pieces[piece + 1] ?? 0) - (pieces[piece] ?? 0);
    timing.criticalMs[at] = sum;
    if (pieces.length > 0) (timing.critical as Map<number, readonly number[]>).set(at, pieces);
  }
}

/** Children by descending end, so what lies between one and the cursor is covered by none. */
function selfOf(
  children: readonly Node[],
  spanFrom: number,
  spanTo: number,
  start: (node: Node) => number,
  end: (node: Node) => number,
): number {
  let cursor = spanTo;
  let self = 0;
  for (const child of children) {
    const from = Math.max(start(child), spanFrom);
    const to = Math.min(end(child), cursor);
    if (from >= cursor || to < from) continue;
    self += cursor - to;
    cursor = from;
  }
  return self + cursor - spanFrom;
}
