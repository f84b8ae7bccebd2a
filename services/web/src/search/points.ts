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
