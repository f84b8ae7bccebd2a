import type { Layout, Point } from '../layout/types.ts';
import { fitMiddle, labelHeight } from './labels.ts';

/** Below it names inside of nodes are less than 10 px high: they stand over the map in a size of their own. */
export const readableZoom = 0.78;

/** Zooms by steps: labels keep between their size and so many times it, and are placed anew only from step to step. */
const step = 1.12;

/** The step at or below a zoom; null where names are read inside of their nodes. */
export function farZoom(zoom: number): number | null {
  return zoom >= readableZoom ? null : step ** Math.floor(Math.log(zoom) / Math.log(step) + 1e-9);
}

/** How many times as wide as high a large map is to be, roughly: as a window on it is. */
const aspect = 1.9;
const mostSpread = 4;
/** Fewer nodes are read without it. */
const largeNodes = 80;

/**
 * A map that is much higher than wide leaves room at its sides: its columns stand further apart, so that names find
 * room. Twice or four times as far, nothing between: a node more or less moves no column.
 */
export function spread(layout: Layout): Layout {
  const width = Math.max(1, ...layout.nodes.map(({ x }) => x));
  const height = Math.max(1, ...layout.nodes.map(({ y }) => y));
  const factor = Math.min(mostSpread, 2 ** Math.floor(Math.log2(Math.max(1, (aspect * height) / width))));
  if (factor < 2 || layout.nodes.length < largeNodes) return layout;
  const wide = <Each extends Point>(each: Each): Each => ({ ...each, x: each.x * factor });
  return {
    ...layout,
    nodes: layout.nodes.map(wide),
    edges: layout.edges.map((edge) => ({ ...edge, via: edge.via.map(wide) })),
  };
}

export interface FarWanted {
  readonly key: string;
  readonly text: string;
  /** Where its middle could be, the best place first. */
  readonly points: readonly Point[];
}

export interface FarLabel extends Point {
  readonly key: string;
  readonly text: string;
  /** px on the screen. */
  readonly width: number;
}

const mostPx = 150;
/** Between two labels, px on the screen. */
const gap = 2;

/** Labels of a size on the screen, the first first, so that none covers another; who finds no place waits for a closer look. */
export function farLabels(wanted: readonly FarWanted[], zoom: number, widthOf: (text: string) => number): FarLabel[] {
  const placed: FarLabel[] = [];
  for (const { key, text, points } of wanted) {
    const shown = fitMiddle(text, mostPx, widthOf);
    const width = Math.ceil(widthOf(shown)) + 8;
    const isFree = ({ x, y }: Point) =>
      placed.every(
        (other) =>
          Math.abs(other.y - y) * zoom >= labelHeight + gap ||
          Math.abs(other.x - x) * zoom >= (other.width + width) / 2 + gap,
      );
    const place = points.find(isFree);
    if (place !== undefined) placed.push({ key, text: shown, x: place.x, y: place.y, width });
  }
  return placed;
}
