/** Offsets `from` to `to` (exclusive). Lists of them are ascending and disjoint. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Offsets added in ascending order, as ranges. */
export class RangeList {
  readonly #ranges: { from: number; to: number }[] = [];

  add(from: number, to: number = from + 1): void {
    const last = this.#ranges.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else this.#ranges.push({ from, to });
  }

  get ranges(): readonly Range[] {
    return this.#ranges;
  }
}

export function countOf(ranges: readonly Range[]): number {
  return ranges.reduce((sum, range) => sum + range.to - range.from, 0);
}

/** What is in `a` and not in `b`. */
export function without(a: readonly Range[], b: readonly Range[]): Range[] {
  const out: Range[] = [];
  let j = 0;
  for (const range of a) {
    let from = range.from;
    while (j < b.length && (b[j] as Range).to <= from) j++;
    for (let k = j; k < b.length && (b[k] as Range).from < range.to; k++) {
      const hole = b[k] as Range;
      if (hole.from > from) out.push({ from, to: hole.from });
      from = Math.max(from, hole.to);
    }
    if (from < range.to) out.push({ from, to: range.to });
  }
  return out;
}

/** What is in both. */
export function within(a: readonly Range[], b: readonly Range[]): Range[] {
  return without(a, without(a, b));
}

/** Sorts and joins ranges that may come in any order and overlap. */
export function joined(ranges: readonly Range[]): readonly Range[] {
  const list = new RangeList();
  for (const range of ranges.toSorted((x, y) => x.from - y.from)) list.add(range.from, range.to);
  return list.ranges;
}
