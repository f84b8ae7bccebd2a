import type { TraceLineage } from '@spanloom/store';

/**
 * Whether some span meets the last of `filters` conditions and has an ancestor that meets the one
 * before, and so on. Spans that share an id stand for one another; the parent of the first counts.
 */
export function hasChain({ spanIds, parentIds, met }: Omit<TraceLineage, 'traceId'>, filters: number): boolean {
  const numberOf = new Map<string, number>();
  const parentIdOf: string[] = [];
  const metBy: number[] = [];
  for (const [at, id] of spanIds.entries()) {
    const known = numberOf.get(id);
    if (known === undefined) {
      numberOf.set(id, metBy.length);
      parentIdOf.push(parentIds[at] ?? '');
      metBy.push(met[at] ?? 0);
    } else {
      metBy[known] = (metBy[known] ?? 0) | (met[at] ?? 0);
    }
  }
  const parents = parentIdOf.map((id) => numberOf.get(id) ?? -1);
  let reached = metBy.map((bits) => (bits & 1) !== 0);
  for (let filter = 1; filter < filters; filter += 1) {
    const below = haveAncestorIn(reached, parents);
    reached = metBy.map((bits, at) => (bits & (1 << filter)) !== 0 && below[at] === true);
  }
  return reached.includes(true);
}

/** For each node whether one of its ancestors is in the set. Each is walked over once, loops of broken data included. */
function haveAncestorIn(inSet: readonly boolean[], parents: readonly number[]): readonly boolean[] {
  const result: (boolean | undefined)[] = Array.from({ length: parents.length });
  const onPath = new Uint8Array(parents.length);
  for (let start = 0; start < parents.length; start += 1) {
    const path: number[] = [];
    let found = false;
    for (let at = start; result[at] === undefined && onPath[at] === 0;) {
      path.push(at);
      onPath[at] = 1;
      const parent = parents[at] ?? -1;
      if (parent < 0) break;
      found = inSet[parent] === true || result[parent] === true;
      if (found) break;
      at = parent;
    }
    // Had a parent on the way been in the set, the walk would have ended there: all share the answer.
    for (const at of path) result[at] = found;
  }
  return result.map((each) => each === true);
}
