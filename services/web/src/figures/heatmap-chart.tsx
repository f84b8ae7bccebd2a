import { type KeyboardEvent, type PointerEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { HeatmapAnswer } from '../api/answers.ts';
import { duration } from '../format/duration.ts';
import { count } from '../format/number.ts';
import { timeInWindow } from '../format/time.ts';
import { canvasFont } from './axes.ts';
import { type Cell, heatGrid, type HeatGrid, intensity, moveCell } from './heat-grid.ts';
import { chartColors, hatch } from './palette.ts';
import styles from './figures.module.css';
import './texts.ts';

export interface HeatmapChartProps {
  readonly answer: HeatmapAnswer;
  /** The cell whose traces are shown. */
  readonly chosen: { readonly timeMs: number; readonly minMs: number } | null;
  readonly onChoose: (cell: { readonly timeMs: number; readonly minMs: number; readonly maxMs: number }) => void;
}

/** px of the axes. */
const [left, bottom, top] = [64, 24, 6];

/** How long calls took, over time: a pointer or the arrow keys choose a cell. */
export function HeatmapChart({ answer, chosen, onChoose }: HeatmapChartProps) {
  const { t, i18n } = useTranslation('figures');
  const help = useId();
  const place = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const grid = useMemo(() => heatGrid(answer), [answer]);
  const [cursor, setCursor] = useState<Cell | null>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const completeToMs = answer.completeTo === null ? null : Date.parse(answer.completeTo);
  const { language } = i18n;
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    const resized = new ResizeObserver(measure);
    resized.observe(element);
    return () => resized.disconnect();
  }, []);
  const chosenCell = useMemo(() => cellOf(grid, chosen), [grid, chosen]);
  useEffect(() => {
    if (canvas.current !== null && size.width > 0) {
      draw(canvas.current, { grid, ...size, cursor, chosen: chosenCell, completeToMs, language });
    }
  }, [grid, size, cursor, chosenCell, completeToMs, language]);

  const cellAt = (event: PointerEvent): Cell | null => {
    const box = event.currentTarget.getBoundingClientRect();
    const x = (event.clientX - box.left - left) / (box.width - left);
    const y = 1 - (event.clientY - box.top - top) / (box.height - top - bottom);
    if (x < 0 || x >= 1 || y < 0 || y >= 1) return null;
    return { column: Math.floor(x * grid.columns), row: Math.floor(y * grid.rows.length) };
  };
  const open = (cell: Cell | null) => {
    const row = cell === null ? undefined : grid.rows[cell.row];
    if (cell === null || row === undefined || grid.callsIn(cell) === 0) return;
    onChoose({ timeMs: grid.timeOf(cell.column), minMs: row.fromMs, maxMs: row.toMs });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      open(cursor);
    } else if (event.key.startsWith('Arrow')) {
      event.preventDefault();
      setCursor(cursor === null ? busiest(grid) : moveCell(grid, cursor, event.key));
    }
  };
  const row = cursor === null ? undefined : grid.rows[cursor.row];
  const said =
    cursor === null || row === undefined
      ? t('heatmapHelp')
      : t('cell', {
          calls: count(grid.callsIn(cursor)),
          from: duration(row.fromMs),
          to: duration(row.toMs),
          time: timeInWindow(grid.timeOf(cursor.column), grid.toMs - grid.fromMs, language),
        });
  // What is inside is a picture: the keys are those of the whole.
  const events = {
    role: 'application',
    onKeyDown,
    onFocus: () => setCursor((before) => before ?? chosenCell ?? busiest(grid)),
    onBlur: () => setCursor(null),
    onPointerMove: (event: PointerEvent) => setCursor(cellAt(event) ?? null),
    onPointerLeave: () => setCursor(null),
    onClick: (event: unknown) => open(cellAt(event as PointerEvent)),
  };
  return (
    <>
      <div
        {...events}
        ref={place}
        className={styles.heat}
        tabIndex={0}
        aria-label={t('chart.heatmap')}
        aria-describedby={help}
      >
        <canvas ref={canvas} aria-hidden />
      </div>
      <p id={help} className={styles.readout} aria-live="polite">
        {said}
      </p>
    </>
  );
}

function busiest(grid: HeatGrid): Cell | null {
  for (let column = grid.columns - 1; column >= 0; column--) {
    const cells = grid.answerOf(column)?.cells ?? [];
    const most = cells.toSorted(([, a], [, b]) => b - a)[0];
    if (most !== undefined) return { column, row: most[0] };
  }
  return null;
}

function cellOf(grid: HeatGrid, chosen: HeatmapChartProps['chosen']): Cell | null {
  if (chosen === null) return null;
  const column = Math.round((chosen.timeMs - grid.fromMs) / grid.stepMs);
  const row = grid.rows.findIndex(({ fromMs }) => Math.abs(fromMs - chosen.minMs) <= chosen.minMs * 1e-4);
  return row < 0 || column < 0 || column >= grid.columns ? null : { column, row };
}

interface DrawOptions {
  readonly grid: HeatGrid;
  readonly width: number;
  readonly height: number;
  readonly cursor: Cell | null;
  readonly chosen: Cell | null;
  readonly completeToMs: number | null;
  readonly language: string;
}

function draw(canvas: HTMLCanvasElement, options: DrawOptions): void {
  const { grid, width, height, cursor, chosen, completeToMs } = options;
  const scale = devicePixelRatio;
  [canvas.width, canvas.height] = [width * scale, height * scale];
  const context = canvas.getContext('2d');
  if (context === null) return;
  const colors = chartColors();
  context.scale(scale, scale);
  context.clearRect(0, 0, width, height);
  const [cellWidth, cellHeight] = [
    (width - left) / grid.columns,
    (height - top - bottom) / Math.max(1, grid.rows.length),
  ];
  const boxOf = ({ column, row }: Cell) =>
    [left + column * cellWidth, height - bottom - (row + 1) * cellHeight, cellWidth, cellHeight] as const;
  context.fillStyle = colors.accent;
  for (let column = 0; column < grid.columns; column++) {
    for (const [row, calls] of grid.answerOf(column)?.cells ?? []) {
      const [x, y, w, h] = boxOf({ column, row });
      context.globalAlpha = intensity(calls, grid.most);
      context.fillRect(x + 0.5, y + 0.5, Math.max(1, w - 1), Math.max(1, h - 1));
    }
  }
  context.globalAlpha = 1;
  const span = grid.columns * grid.stepMs;
  const laterX = completeToMs === null ? left : left + ((completeToMs - grid.fromMs) / span) * (width - left);
  context.fillStyle = hatch(context, colors.quiet);
  context.fillRect(Math.max(left, laterX), top, Math.max(0, width - Math.max(left, laterX)), height - top - bottom);
  drawAxes(context, options, colors.quiet, cellHeight);
  for (const [cell, color, line] of [
    [cursor, colors.text, 1.5],
    [chosen, colors.text, 2.5],
  ] as const) {
    if (cell === null) continue;
    context.strokeStyle = color;
    context.lineWidth = line;
    context.strokeRect(...boxOf(cell));
  }
}

function drawAxes(
  context: CanvasRenderingContext2D,
  { grid, width, height, language }: DrawOptions,
  color: string,
  cellHeight: number,
): void {
  context.fillStyle = color;
  context.font = canvasFont;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  // A label needs 18 px.
  const everyRow = Math.max(1, Math.ceil(18 / cellHeight));
  for (let row = 0; row < grid.rows.length; row += everyRow) {
    context.fillText(duration(grid.rows[row]?.fromMs), left - 6, height - bottom - row * cellHeight);
  }
  context.textBaseline = 'top';
  const span = grid.toMs - grid.fromMs;
  const labels = Math.max(2, Math.floor((width - left) / 110));
  const everyColumn = Math.max(1, Math.ceil(grid.columns / labels));
  for (let column = 0; column < grid.columns; column += everyColumn) {
    context.textAlign = column === 0 ? 'left' : 'center';
    const x = left + (column / grid.columns) * (width - left);
    context.fillText(timeInWindow(grid.timeOf(column), span, language), x, height - bottom + 8);
  }
}
