/** A trace as it stands in the plot: what went wrong is told by shape, not by colour alone. */
export interface Point {
  readonly timeMs: number;
  readonly durationMs: number;
  readonly shape: Shape;
}

export type Shape = 'ok' | 'error' | 'incomplete';

export function shapeOf(errorCount: number, complete: boolean): Shape {
  if (errorCount > 0) return 'error';
  return complete ? 'ok' : 'incomplete';
}

/** A dot; a cross where something failed; a ring with a gap inside where something is missing. */
export function drawPoint(context: CanvasRenderingContext2D, shape: Shape, x: number, y: number, scale: number): void {
  context.beginPath();
  context.lineWidth = 1.6 * scale;
  const size = 3.4 * scale;
  switch (shape) {
    case 'ok':
      context.globalAlpha = 0.65;
      context.arc(x, y, 2.4 * scale, 0, 2 * Math.PI);
      context.fill();
      break;
    case 'error':
      context.globalAlpha = 1;
      context.moveTo(x - size, y - size);
      context.lineTo(x + size, y + size);
      context.moveTo(x + size, y - size);
      context.lineTo(x - size, y + size);
      context.stroke();
      break;
    case 'incomplete':
      context.globalAlpha = 1;
      context.arc(x, y, size, 0, 2 * Math.PI);
      context.stroke();
      break;
  }
}

/** Farther away nothing is meant. */
const reachPx = 14;

/** Which point is nearest to a place of the plot; null where none is near. */
export function nearestPoint(
  points: readonly Point[],
  left: number,
  top: number,
  place: (point: Point) => readonly [left: number, top: number],
): number | null {
  let found: number | null = null;
  let nearest = reachPx;
  points.forEach((point, at) => {
    const [x, y] = place(point);
    const distance = Math.hypot(x - left, y - top);
    if (distance <= nearest) [found, nearest] = [at, distance];
  });
  return found;
}

/** What the arrow keys follow: time to the sides, duration up and down. */
const directions: Readonly<Record<string, readonly [by: 'timeMs' | 'durationMs', step: 1 | -1]>> = {
  ArrowLeft: ['timeMs', -1],
  ArrowRight: ['timeMs', 1],
  ArrowDown: ['durationMs', -1],
  ArrowUp: ['durationMs', 1],
};

/** The point that a key leads to, from the latest one where there is none yet; null for a key that leads nowhere. */
export function pointByKey(points: readonly Point[], from: number | null, key: string): number | null {
  const inOrder = (by: 'timeMs' | 'durationMs') =>
    points.map((_, at) => at).toSorted((a, b) => (points[a]?.[by] ?? 0) - (points[b]?.[by] ?? 0) || a - b);
  if (key === 'Home') return inOrder('timeMs')[0] ?? null;
  if (key === 'End') return inOrder('timeMs').at(-1) ?? null;
  const direction = directions[key];
  if (direction === undefined) return null;
  if (from === null) return inOrder('timeMs').at(-1) ?? null;
  const [by, step] = direction;
  const order = inOrder(by);
  return order[order.indexOf(from) + step] ?? from;
}

/** A part of the plot, as somebody drew it. */
export interface Box {
  readonly fromMs: number;
  readonly toMs: number;
  readonly minMs: number;
  readonly maxMs: number;
}

/** A query holds three digits of a duration: so much beyond the points, both are in it. */
const beyond = 0.01;

/** The box that has two points in its corners. */
export function boxOf(one: Point, other: Point): Box {
  const [minMs, maxMs] = [Math.min(one.durationMs, other.durationMs), Math.max(one.durationMs, other.durationMs)];
  return {
    fromMs: Math.floor(Math.min(one.timeMs, other.timeMs)),
    // Windows end before their end.
    toMs: Math.floor(Math.max(one.timeMs, other.timeMs)) + 1,
    minMs: minMs * (1 - beyond),
    maxMs: maxMs * (1 + beyond),
  };
}

/** How many points are in the box of two of them. */
export function countIn(points: readonly Point[], one: number, other: number): number {
  const corners = [points[one], points[other]] as const;
  if (corners[0] === undefined || corners[1] === undefined) return 0;
  const { fromMs, toMs, minMs, maxMs } = boxOf(corners[0], corners[1]);
  return points.filter(
    ({ timeMs, durationMs }) => timeMs >= fromMs && timeMs < toMs && durationMs >= minMs && durationMs <= maxMs,
  ).length;
}
