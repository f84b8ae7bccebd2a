import type { MapEdge } from '../graph/graph.ts';
import type { Place } from '../layout/types.ts';

/** Where an arrow key leads from a node: along the busiest call, or up and down its column. */
export function nextNode(
  key: string,
  arrow: string,
  edges: readonly MapEdge[],
  places: ReadonlyMap<string, Place>,
): string | null {
  const here = places.get(key);
  if (here === undefined) return null;
  if (arrow === 'ArrowRight') return busiest(edges.filter(({ from, to }) => from === key && to !== key))?.to ?? null;
  if (arrow === 'ArrowLeft') return busiest(edges.filter(({ from, to }) => to === key && from !== key))?.from ?? null;
  const column = [...places.values()].filter(({ x }) => x === here.x).toSorted((a, b) => a.y - b.y);
  const at = column.findIndex((place) => place.key === key);
  return column[at + (arrow === 'ArrowDown' ? 1 : -1)]?.key ?? null;
}

function busiest(edges: readonly MapEdge[]): MapEdge | undefined {
  return edges.toSorted((a, b) => b.calls - a.calls || (a.key < b.key ? -1 : 1))[0];
}
