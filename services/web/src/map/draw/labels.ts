import { nodeHeight, nodeWidth, type Point } from '../layout/types.ts';

export interface LabelWanted {
  readonly key: string;
  readonly text: string;
  /** Where it could stand, the best place first. */
  readonly points: readonly Point[];
}

export interface Label {
  readonly key: string;
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

export const labelHeight = 17;
/** A label on each of more lines than this would cover the map. */
const maxLabels = 60;

/** Places labels, the first first, so that none covers another or a node; one without a free place is left out. */
export function placeLabels(
  wanted: readonly LabelWanted[],
  nodes: readonly Point[],
  widthOf: (text: string) => number,
): Label[] {
  const placed: Label[] = [];
  for (const { key, text, points } of wanted) {
    if (placed.length >= maxLabels) break;
    const width = Math.ceil(widthOf(text)) + 10;
    const free = ({ x, y }: Point) =>
      nodes.every(
        (node) =>
          Math.abs(node.x - x) >= (nodeWidth + width) / 2 + 2 || Math.abs(node.y - y) >= (nodeHeight + labelHeight) / 2,
      ) &&
      placed.every(
        (label) => Math.abs(label.x - x) >= (label.width + width) / 2 + 2 || Math.abs(label.y - y) >= labelHeight + 2,
      );
    const place = points.find(free);
    if (place !== undefined) placed.push({ key, text, x: place.x, y: place.y, width });
  }
  return placed;
}

/** A text that is at most so wide, with … at its end where it was cut. */
export function fitText(text: string, maxPx: number, widthOf: (text: string) => number): string {
  if (widthOf(text) <= maxPx) return text;
  let [shortest, longest] = [0, text.length];
  while (shortest < longest) {
    const middle = Math.ceil((shortest + longest) / 2);
    if (widthOf(`${text.slice(0, middle)}…`) <= maxPx) shortest = middle;
    else longest = middle - 1;
  }
  return `${text.slice(0, shortest).trimEnd()}…`;
}

/** A text that is at most so wide, with … in its middle where it was cut: names differ at either end. */
export function fitMiddle(text: string, maxPx: number, widthOf: (text: string) => number): string {
  if (widthOf(text) <= maxPx) return text;
  const cut = (kept: number) =>
    `${text.slice(0, Math.ceil(kept / 2))}…${text.slice(text.length - Math.floor(kept / 2))}`;
  let kept = text.length - 1;
  while (kept > 0 && widthOf(cut(kept)) > maxPx) kept -= 1;
  return cut(kept);
}
