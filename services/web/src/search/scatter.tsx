import 'uplot/dist/uPlot.min.css';

import { type FocusEvent, type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import uPlot from 'uplot';

import { duration } from '../format/duration.ts';
import { serviceName } from '../format/service.ts';
import { localTime } from '../format/time.ts';
import { nowMs } from '../clock.ts';
import { plainAxis, rightPadding, timeAxis } from '../figures/axes.ts';
import { type Box, type Point, boxOf, countIn, drawPoint, nearestPoint, pointByKey, shapeOf } from './points.ts';
import styles from './scatter.module.css';
import type { TraceSummary } from './queries.ts';

export interface ScatterProps {
  readonly traces: readonly TraceSummary[];
  /** The window of the search. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly onBox: (box: Box) => void;
  readonly onOpen: (traceId: string) => void;
  readonly label: string;
  /** Of the text that says how it is used. */
  readonly help: string;
}

/** Where the keyboard is. */
interface Cursor {
  readonly traces: readonly TraceSummary[];
  readonly at: number;
  /** Where a box begins that is being drawn. */
  readonly anchor: number | null;
  /** Of the point in the figure, in px. */
  readonly left: number;
  readonly top: number;
}

const heightPx = 150;
/** A drag shorter than this in both directions is a click. */
const minDragPx = 4;

/** Durations over time, on a scale where each step up is ten times as long. */
export function Scatter({ traces, fromMs, toMs, onBox, onOpen, label, help }: ScatterProps) {
  const { t, i18n } = useTranslation('search');
  const host = useRef<HTMLDivElement>(null);
  const handlers = useRef({ onBox, onOpen });
  const drawn = useRef<uPlot>(null);
  const [near, setNear] = useState<(Spot & { readonly trace: TraceSummary }) | null>(null);
  const [cursor, setCursor] = useState<Cursor | null>(null);
  // Of what is drawn now; another answer has other points.
  const current = cursor?.traces === traces ? cursor : null;
  const points = useMemo(
    () =>
      traces.map<Point>(({ startTime, durationMs, errorCount, complete }) => ({
        timeMs: Date.parse(startTime),
        durationMs: Math.max(durationMs, 0.001),
        shape: shapeOf(errorCount, complete),
      })),
    [traces],
  );
  useEffect(() => {
    handlers.current = { onBox, onOpen };
  });
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const nearest = (plot: uPlot, left: number, top: number) =>
      nearestPoint(points, left, top, (point) => {
        const spot = spotOf(plot, point);
        return [spot.left, spot.top];
      });
    const plot = new uPlot(
      options(element, points, i18n.language, {
        range: [fromMs / 1000, toMs / 1000],
        onSelect: (plot) => {
          const { left, top, width, height } = plot.select;
          plot.setSelect(nothing, false);
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
    drawn.current = plot;
    const resize = new ResizeObserver(() => {
      plot.setSize({ width: element.clientWidth, height: heightPx });
      setCursor(null);
      plot.setSelect(nothing, false);
    });
    resize.observe(element);
    const theme = new MutationObserver(() => plot.redraw(false, true));
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    return () => {
      resize.disconnect();
      theme.disconnect();
      plot.destroy();
      drawn.current = null;
    };
  }, [traces, points, fromMs, toMs, i18n.language]);
  const go = (at: number | null, anchor: number | null) => {
    const plot = drawn.current;
    const [point, start] = [points[at ?? -1], points[anchor ?? -1]];
    if (plot === null || at === null || point === undefined) return;
    const spot = spotOf(plot, point);
    setCursor({ traces, at, anchor, left: spot.left + plot.over.offsetLeft, top: spot.top + plot.over.offsetTop });
    plot.setSelect(start === undefined ? nothing : between(spotOf(plot, start), spot), false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const { at, anchor } = current ?? { at: null, anchor: null };
    const next = pointByKey(points, at, event.key);
    const [from, to] = [points[anchor ?? -1], points[at ?? -1]];
    if (next !== null) go(next, event.shiftKey ? (anchor ?? at) : null);
    else if (event.key === 'Escape' && anchor !== null) go(at, null);
    else if (event.key === 'Enter' && from !== undefined && to !== undefined) onBox(boxOf(from, to));
    else if (event.key === 'Enter' && at !== null) onOpen(traces[at]?.traceId ?? '');
    else return;
    event.preventDefault();
  };
  const leave = () => {
    setCursor(null);
    drawn.current?.setSelect(nothing, false);
  };
  // What is inside is a picture: the keys are those of the whole.
  const events = {
    role: 'application',
    onKeyDown,
    // A click has a place of its own.
    onFocus: ({ currentTarget }: FocusEvent) => {
      if (currentTarget.matches(':focus-visible')) go(pointByKey(points, null, 'End'), null);
    },
    onBlur: leave,
  };
  const shown = near ?? (current === null ? null : { ...current, trace: traces[current.at] });
  return (
    <figure className={styles.scatter} aria-label={label}>
      <div
        {...events}
        ref={host}
        className={styles.plot}
        tabIndex={0}
        aria-label={t('scatter.title')}
        aria-describedby={help}
      />
      {current !== null && <span className={styles.cursor} style={{ left: current.left, top: current.top }} />}
      <div
        className={shown?.trace === undefined ? undefined : styles.tip}
        style={shown === null ? {} : { left: shown.left + 12, top: Math.max(0, shown.top - 44) }}
        aria-live="polite"
      >
        {shown?.trace !== undefined && <Tip trace={shown.trace} />}
        {current !== null && current.anchor !== null && (
          <p>{t('scatter.inBox', { count: countIn(points, current.anchor, current.at) })}</p>
        )}
      </div>
    </figure>
  );
}

function Tip({ trace }: { readonly trace: TraceSummary }) {
  const { t, i18n } = useTranslation('search');
  const { root, traceId, durationMs, startTime } = trace;
  const shape = shapeOf(trace.errorCount, trace.complete);
  return (
    <>
      <strong>{root === null ? traceId : serviceName(root.service)}</strong> {root?.operation}
      <br />
      {duration(durationMs)} · {localTime(Date.parse(startTime), nowMs(), i18n.language)}
      {shape !== 'ok' && ` · ${t(`scatter.${shape}`)}`}
    </>
  );
}

interface Spot {
  readonly left: number;
  readonly top: number;
}

const nothing = { left: 0, top: 0, width: 0, height: 0 } as const;

function spotOf(plot: uPlot, { timeMs, durationMs }: Point): Spot {
  return { left: plot.valToPos(timeMs / 1000, 'x'), top: plot.valToPos(durationMs, 'y') };
}

/** With some room around the points in its corners. */
function between(one: Spot, other: Spot) {
  const room = 6;
  return {
    left: Math.min(one.left, other.left) - room,
    top: Math.min(one.top, other.top) - room,
    width: Math.abs(one.left - other.left) + 2 * room,
    height: Math.abs(one.top - other.top) + 2 * room,
  };
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
  const axis = plainAxis(
    () => color('--quiet'),
    () => color('--faint'),
  );
  return {
    width: element.clientWidth,
    height: heightPx,
    padding: [8, rightPadding, 0, 0],
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
      { ...axis, ...timeAxis(language) },
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
