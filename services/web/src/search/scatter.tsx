import 'uplot/dist/uPlot.min.css';

import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import uPlot from 'uplot';

import { duration } from '../format/duration.ts';
import { serviceName } from '../format/service.ts';
import { localTime } from '../format/time.ts';
import { nowMs } from '../clock.ts';
import { type Point, drawPoint, nearestPoint, shapeOf } from './points.ts';
import styles from './scatter.module.css';
import type { TraceSummary } from './queries.ts';

/** A part of the plot, as somebody drew it. */
export interface Box {
  readonly fromMs: number;
  readonly toMs: number;
  readonly minMs: number;
  readonly maxMs: number;
}

export interface ScatterProps {
  readonly traces: readonly TraceSummary[];
  /** The window of the search. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly onBox: (box: Box) => void;
  readonly onOpen: (traceId: string) => void;
  readonly label: string;
}

const heightPx = 150;
/** A drag shorter than this in both directions is a click. */
const minDragPx = 4;

/** Durations over time, on a scale where each step up is ten times as long. */
export function Scatter({ traces, fromMs, toMs, onBox, onOpen, label }: ScatterProps) {
  const { i18n } = useTranslation();
  const host = useRef<HTMLDivElement>(null);
  const handlers = useRef({ onBox, onOpen });
  const [near, setNear] = useState<{
    readonly trace: TraceSummary;
    readonly left: number;
    readonly top: number;
  } | null>(null);
  useEffect(() => {
    handlers.current = { onBox, onOpen };
  });
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const points = traces.map<Point>(({ startTime, durationMs, errorCount, complete }) => ({
      timeMs: Date.parse(startTime),
      durationMs: Math.max(durationMs, 0.001),
      shape: shapeOf(errorCount, complete),
    }));
    const nearest = (plot: uPlot, left: number, top: number) =>
      nearestPoint(points, left, top, ({ timeMs, durationMs }) => [
        plot.valToPos(timeMs / 1000, 'x'),
        plot.valToPos(durationMs, 'y'),
      ]);
    const plot = new uPlot(
      options(element, points, i18n.language, {
        range: [fromMs / 1000, toMs / 1000],
        onSelect: (plot) => {
          const { left, top, width, height } = plot.select;
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          if (width < minDragPx && height < minDragPx) {
            const found = nearest(plot, left, top);
            const trace = found === null ? undefined : traces[found];
            if (trace !== undefined) handlers.current.onOpen(trace.traceId);
            return;
          }
          handlers.current.onBox({
            fromMs: Math.floor(plot.posToVal(left, 'x') * 1000),
            toMs: Math.ceil(plot.posToVal(left + width, 'x') * 1000),
            minMs: plot.posToVal(top + height, 'y'),
            maxMs: plot.posToVal(top, 'y'),
          });
        },
        onCursor: (plot) => {
          const { left = -1, top = -1 } = plot.cursor;
          const found = left < 0 ? null : nearest(plot, left, top);
          const trace = found === null ? undefined : traces[found];
          setNear(
            trace === undefined ? null : { trace, left: left + plot.over.offsetLeft, top: top + plot.over.offsetTop },
          );
        },
      }),
      [points.map(({ timeMs }) => timeMs / 1000), points.map(({ durationMs }) => durationMs)],
      element,
    );
    const resize = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: heightPx }));
    resize.observe(element);
    const theme = new MutationObserver(() => plot.redraw(false, true));
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    return () => {
      resize.disconnect();
      theme.disconnect();
      plot.destroy();
    };
  }, [traces, fromMs, toMs, i18n.language]);
  return (
    <figure className={styles.scatter} aria-label={label}>
      <div ref={host} className={styles.plot} />
      {near !== null && (
        <div className={styles.tip} style={{ left: near.left + 12, top: Math.max(0, near.top - 44) }}>
          <strong>{near.trace.root === null ? near.trace.traceId : serviceName(near.trace.root.service)}</strong>{' '}
          {near.trace.root?.operation}
          <br />
          {duration(near.trace.durationMs)} · {localTime(Date.parse(near.trace.startTime), nowMs(), i18n.language)}
        </div>
      )}
    </figure>
  );
}

interface PlotEvents {
  readonly range: [number, number];
  readonly onSelect: (plot: uPlot) => void;
  readonly onCursor: (plot: uPlot) => void;
}

function options(
  element: HTMLElement,
  points: readonly Point[],
  language: string,
  { range, onSelect, onCursor }: PlotEvents,
): uPlot.Options {
  const color = (name: string) => getComputedStyle(element).getPropertyValue(name);
  const axis: uPlot.Axis = {
    stroke: () => color('--quiet'),
    font: '11px Inter Variable, sans-serif',
    grid: { stroke: () => color('--faint'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: element.clientWidth,
    height: heightPx,
    padding: [8, 12, 0, 0],
    legend: { show: false },
    cursor: {
      drag: { x: true, y: true, uni: minDragPx, setScale: false },
      points: { show: false },
      x: false,
      y: false,
    },
    scales: {
      x: { time: true, range },
      y: { distr: 3, range: (_plot, min, max) => decades(min, max) },
    },
    axes: [
      {
        ...axis,
        size: 24,
        gap: 4,
        space: 90,
        values: (_plot, times) => times.map((time) => localTime(time * 1000, nowMs(), language)),
      },
      {
        ...axis,
        size: 58,
        gap: 6,
        space: 24,
        // Whole powers of ten.
        values: (_plot, values) =>
          values.map((value) => (Number.isInteger(Math.round(Math.log10(value) * 1e6) / 1e6) ? duration(value) : '')),
      },
    ],
    series: [{}, { paths: () => null, points: { show: false } }],
    hooks: {
      draw: [(plot) => drawAll(plot, points, color)],
      setSelect: [onSelect],
      setCursor: [onCursor],
    },
  };
}

/** At least one power of ten, ends included. */
function decades(min: number | null, max: number | null): [number, number] {
  const low = 10 ** Math.floor(Math.log10(min ?? 1));
  const high = 10 ** Math.ceil(Math.log10(max ?? 10));
  return [low, high > low ? high : low * 10];
}

function drawAll(plot: uPlot, points: readonly Point[], color: (name: string) => string): void {
  const colors = { ok: color('--accent'), error: color('--bad'), incomplete: color('--warn') };
  plot.ctx.save();
  // What went wrong stands on top.
  for (const shape of ['ok', 'incomplete', 'error'] as const) {
    plot.ctx.strokeStyle = colors[shape];
    plot.ctx.fillStyle = colors[shape];
    for (const point of points) {
      if (point.shape !== shape) continue;
      const x = plot.valToPos(point.timeMs / 1000, 'x', true);
      const y = plot.valToPos(point.durationMs, 'y', true);
      drawPoint(plot.ctx, shape, x, y, devicePixelRatio);
    }
  }
  plot.ctx.restore();
}
