import 'uplot/dist/uPlot.min.css';

import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import uPlot from 'uplot';

import { timeInWindow } from '../format/time.ts';
import { plainAxis, rightPadding, timeAxis } from './axes.ts';
import { chartColors, dashes, hatch, lineTones } from './palette.ts';
import styles from './figures.module.css';

export interface ChartLine {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

export interface LineChartProps {
  readonly title: string;
  /** Begins of the steps, in milliseconds since 1970. */
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
  readonly format: (value: number) => string;
  /** What is later may still grow: it is hatched. Null where everything may. */
  readonly completeToMs: number | null;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What is in it is drawn. */
const picture = { role: 'img' } as const;

/** Charts of a page share their cursor. */
const syncKey = 'figures';

/** Lines over time; its figures are in the table of the page as well. */
export function LineChart({ title, times, lines, format, completeToMs, fromMs, toMs }: LineChartProps) {
  const { i18n } = useTranslation();
  const place = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<number | null>(null);
  const data = useMemo<uPlot.AlignedData>(
    () => [times.map((time) => time / 1000), ...lines.map(({ values }) => [...values])],
    [times, lines],
  );
  const names = lines.map(({ name }) => name).join('\n');
  const { language } = i18n;
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const colors = chartColors();
    const axis = plainAxis(colors.quiet, colors.grid);
    const chart = new uPlot(
      {
        width: element.clientWidth,
        height: element.clientHeight,
        padding: [8, rightPadding, 0, 0],
        legend: { show: false },
        cursor: { sync: { key: syncKey }, drag: { x: false, y: false }, points: { size: 6 } },
        scales: {
          x: { min: fromMs / 1000, max: toMs / 1000 },
          y: { range: (_, __, most) => [0, most > 0 ? most * 1.08 : 1] },
        },
        axes: [
          { ...axis, ...timeAxis(language) },
          { ...axis, size: 64, values: (_, ticks) => ticks.map((tick) => format(tick)) },
        ],
        series: [
          {},
          ...names.split('\n').map((name, index) => ({
            label: name,
            stroke: colors.lines[index % colors.lines.length] ?? colors.text,
            dash: [...(dashes[index % dashes.length] ?? [])],
            width: 1.75,
            // A single step between two without calls is no line, but something happened in it.
            points: { show: times.length < 80, size: 4 },
          })),
        ],
        hooks: {
          drawClear: [(drawn) => hatchLater(drawn, completeToMs, colors.quiet)],
          setCursor: [(drawn) => setAt(drawn.cursor.idx ?? null)],
        },
      },
      data,
      element,
    );
    const resized = new ResizeObserver(() =>
      chart.setSize({ width: element.clientWidth, height: element.clientHeight }),
    );
    resized.observe(element);
    return () => {
      resized.disconnect();
      chart.destroy();
    };
  }, [data, names, format, completeToMs, fromMs, toMs, language, times.length]);
  const time = at === null ? undefined : times[at];
  return (
    <section className={styles.card}>
      <h2>
        {title}
        {lines.length > 1 && (
          <span className={styles.legend}>
            {lines.map(({ name }, index) => (
              <Swatch key={name} name={name} index={index} />
            ))}
          </span>
        )}
      </h2>
      <div {...picture} ref={place} className={styles.plot} aria-label={`${title}: ${summary(lines, format)}`} />
      <p className={styles.readout} aria-hidden>
        {at !== null &&
          time !== undefined &&
          `${timeInWindow(time, toMs - fromMs, language)} · ${lines
            .map(({ name, values }) => `${lines.length > 1 ? `${name} ` : ''}${shown(values[at], format)}`)
            .join(' · ')}`}
      </p>
    </section>
  );
}

function shown(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? '–' : format(value);
}

/** The last and the highest of each line. */
function summary(lines: readonly ChartLine[], format: (value: number) => string): string {
  return lines
    .map(({ name, values }) => {
      const known = values.filter((value) => value !== null);
      return `${name} ${shown(known.at(-1), format)} (≤ ${shown(known.length === 0 ? null : Math.max(...known), format)})`;
    })
    .join(', ');
}

function Swatch({ name, index }: { readonly name: string; readonly index: number }) {
  const color = lineTones[index % lineTones.length];
  return (
    <span>
      <svg width="22" height="6" aria-hidden>
        <path
          d="M0,3H22"
          style={{ stroke: `var(${color})` }}
          strokeWidth="2"
          strokeDasharray={dashes[index % dashes.length]?.join(' ')}
        />
      </svg>
      {name}
    </span>
  );
}

function hatchLater(chart: uPlot, completeToMs: number | null, color: string): void {
  const { ctx, bbox } = chart;
  const from = completeToMs === null ? bbox.left : chart.valToPos(completeToMs / 1000, 'x', true);
  const left = Math.max(bbox.left, Math.min(bbox.left + bbox.width, from));
  ctx.save();
  ctx.fillStyle = hatch(ctx, color);
  ctx.fillRect(left, bbox.top, bbox.left + bbox.width - left, bbox.height);
  ctx.restore();
}
