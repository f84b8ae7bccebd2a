import type uPlot from 'uplot';

import { tickTime } from '../format/time.ts';

/** Of what is written onto a canvas. */
export const canvasFont = "11px 'Inter Variable', system-ui, sans-serif";

/** Room for half of a label of the time at the right edge: px. */
export const rightPadding = 26;

/** Lines across a chart in `grid`, and labels beside it in `stroke`. */
export function plainAxis(stroke: uPlot.Axis.Stroke, grid: uPlot.Axis.Stroke): uPlot.Axis {
  return { stroke, font: canvasFont, grid: { stroke: grid, width: 1 }, ticks: { show: false } };
}

/** Times below a chart: as many as have room beside each other, and below the last label of the other axis. */
export function timeAxis(language: string): uPlot.Axis {
  return {
    size: 26,
    gap: 9,
    space: 64,
    values: (_plot, ticks, _axis, _space, step) => ticks.map((tick) => tickTime(tick * 1000, step * 1000, language)),
  };
}
