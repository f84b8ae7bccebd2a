import type { Timing } from './timing.ts';
import type { Tree } from './tree.ts';

/** By place of the node: the line that it stands in. */
export interface Flame {
  readonly lane: Int32Array;
  readonly lanes: number;
}

/** What ran beside more than so many others stands in the last line. */
const maxLanes = 400;

/**
 * Time from left to right, callers above what they called. Siblings that ran at the same time stand
 * below each other: each subtree takes the first line below its parent that is free from its start on.
 */
export function flameOf(tree: Tree, timing: Timing): Flame {
  const lane = new Int32Array(tree.nodes.length);
  const ends: number[] = [];
  for (const { at, parent } of tree.nodes) {
    const start = timing.startMs[at] ?? 0;
    let to = Math.min(maxLanes, parent === null ? 0 : (lane[parent.at] ?? 0) + 1);
    while (to < maxLanes && (ends[to] ?? Number.NEGATIVE_INFINITY) > start) to++;
    lane[at] = to;
    ends[to] = Math.max(ends[to] ?? Number.NEGATIVE_INFINITY, start + (timing.durationMs[at] ?? 0));
  }
  return { lane, lanes: ends.length };
}
