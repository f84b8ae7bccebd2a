import type { HeatmapAnswer } from '../api/answers.ts';

export interface Cell {
  readonly column: number;
  readonly row: number;
}

/** A heatmap by place: which calls are in a column and a row. */
export interface HeatGrid {
  readonly columns: number;
  readonly rows: readonly { readonly fromMs: number; readonly toMs: number }[];
  readonly stepMs: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly most: number;
  callsIn(cell: Cell): number;
  timeOf(column: number): number;
  answerOf(column: number): HeatmapAnswer['columns'][number] | undefined;
}

export function heatGrid(answer: HeatmapAnswer): HeatGrid {
  const [fromMs, toMs] = [Date.parse(answer.from), Date.parse(answer.to)];
  const stepMs = answer.stepSeconds * 1000;
  // Steps lie on whole multiples of their length, so the first may begin before the window does.
  const firstMs = Math.min(
    fromMs,
    ...answer.columns.slice(0, 1).map(({ time }) => stepBefore(Date.parse(time), fromMs, stepMs)),
  );
  const byColumn = new Map(
    answer.columns.map((column) => [Math.round((Date.parse(column.time) - firstMs) / stepMs), column]),
  );
  const cells = new Map([...byColumn].map(([at, { cells }]) => [at, new Map(cells)]));
  return {
    columns: Math.max(1, Math.ceil((toMs - firstMs) / stepMs)),
    rows: answer.rows,
    stepMs,
    fromMs: firstMs,
    toMs,
    most: Math.max(0, ...answer.columns.flatMap(({ cells }) => cells.map(([, calls]) => calls))),
    callsIn: ({ column, row }) => cells.get(column)?.get(row) ?? 0,
    timeOf: (column) => firstMs + column * stepMs,
    answerOf: (column) => byColumn.get(column),
  };
}

function stepBefore(timeMs: number, fromMs: number, stepMs: number): number {
  return timeMs - Math.ceil((timeMs - fromMs) / stepMs) * stepMs;
}

/** From 0 to 1, by the logarithm: a single call is seen beside thousands. */
export function intensity(calls: number, most: number): number {
  return calls <= 0 ? 0 : most <= 1 ? 1 : 0.3 + 0.7 * (Math.log(calls) / Math.log(most));
}

/** Where an arrow key leads: a cell further, up to the edges. */
export function moveCell(grid: HeatGrid, from: Cell, arrow: string): Cell {
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[arrow];
  if (step === undefined) return from;
  const [dx = 0, dy = 0] = step;
  const next = { column: from.column + dx, row: from.row + dy };
  const inside = ({ column, row }: Cell) => column >= 0 && column < grid.columns && row >= 0 && row < grid.rows.length;
  return inside(next) ? next : from;
}
