import type { Columns, Item } from './order.ts';

/** Passes over the columns: the first straightens most, later ones settle what moved. */
const passes = 8;

/** The middle of every item: near what it is joined to, in the order of its column, none upon another. */
export function heightsOf({ columns }: Columns): Map<Item, number> {
  const y = new Map<Item, number>();
  for (const column of columns) stack(column, y);
  for (let pass = 0; pass < passes; pass++) {
    const rightwards = pass % 2 === 0;
    for (const column of rightwards ? columns : columns.toReversed()) {
      settle(
        column,
        y,
        column.map((item) => wish(item, y, rightwards)),
      );
    }
  }
  for (const column of columns) {
    settle(
      column,
      y,
      column.map((item) => wish(item, y, null)),
    );
  }
  const top = Math.min(...[...y].map(([item, middle]) => middle - item.height / 2));
  return new Map([...y].map(([item, middle]) => [item, Math.round(middle - top)]));
}

/** One below the other, around the middle of the map. */
function stack(column: readonly Item[], y: Map<Item, number>): void {
  const whole = column.reduce((sum, { height }) => sum + height, 0);
  let top = -whole / 2;
  for (const item of column) {
    y.set(item, top + item.height / 2);
    top += item.height;
  }
}

function wish(item: Item, y: ReadonlyMap<Item, number>, rightwards: boolean | null): number {
  const near = rightwards === null ? [...item.left, ...item.right] : rightwards ? item.left : item.right;
  if (near.length === 0) return y.get(item) ?? 0;
  return near.reduce((sum, other) => sum + (y.get(other) ?? 0), 0) / near.length;
}

/**
 * The places nearest to the wishes (least squares) that keep the order and the heights: pooling
 * adjacent violators, where items that would overlap move as one block.
 */
function settle(column: readonly Item[], y: Map<Item, number>, wishes: readonly number[]): void {
  const blocks: { sum: number; size: number }[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (const [at, item] of column.entries()) {
    offset += item.height / 2;
    offsets.push(offset);
    offset += item.height / 2;
    let block = { sum: (wishes[at] ?? 0) - (offsets[at] ?? 0), size: 1 };
    for (let last = blocks.at(-1); last !== undefined; last = blocks.at(-1)) {
      if (last.sum / last.size <= block.sum / block.size) break;
      block = { sum: block.sum + last.sum, size: block.size + last.size };
      blocks.pop();
    }
    blocks.push(block);
  }
  let at = 0;
  for (const { sum, size } of blocks) {
    for (const end = at + size; at < end; at++) {
      const item = column[at];
      if (item !== undefined) y.set(item, sum / size + (offsets[at] ?? 0));
    }
  }
}
