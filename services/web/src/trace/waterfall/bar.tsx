import { useTranslation } from 'react-i18next';

import { duration } from '../../format/duration.ts';
import { serviceFill, serviceLook } from '../../format/service.ts';
import type { Row } from '../model/rows.ts';
import { placeOf } from '../model/scale.ts';
import type { Timing } from '../model/timing.ts';
import type { Zoom } from '../params.ts';
import styles from './waterfall.module.css';

interface BarProps {
  readonly row: Row;
  readonly timing: Timing;
  readonly zoom: Zoom;
  readonly critical: boolean;
}

/** Bars reach a little out of the picture, so that one that is cut looks cut. */
const outside = 0.01;

const clip = (place: number) => Math.min(1 + outside, Math.max(-outside, place));
const percent = (place: number) => `${(place * 100).toFixed(4)}%`;

export function SpanBar({ row: { node }, timing, zoom, critical }: BarProps) {
  const { t } = useTranslation('trace');
  const startMs = timing.startMs[node.at] ?? 0;
  const endMs = startMs + (timing.durationMs[node.at] ?? 0);
  const [from, to] = [clip(placeOf(startMs, zoom)), clip(placeOf(endMs, zoom))];
  const shown = endMs >= zoom.fromMs && startMs <= zoom.toMs;
  const pieces = critical ? timing.critical.get(node.at) : undefined;
  const title = t('barTitle', {
    start: duration(startMs - timing.fromMs),
    duration: duration(timing.durationMs[node.at]),
    self: duration(timing.selfMs[node.at]),
    critical: duration(timing.criticalMs[node.at]),
  });
  return (
    <div role="gridcell" className={styles.track} title={title}>
      {shown && (
        <div
          className={node.span === null ? styles.ghostBar : styles.bar}
          style={{
            left: `min(${percent(from)}, calc(100% - 2px))`,
            width: percent(to - from),
            ...(node.span !== null && { background: serviceFill(node.span.service) }),
          }}
        />
      )}
      {pieces !== undefined && shown && <Shape className={styles.critical} shape={shapeOf(pieces, zoom)} />}
    </div>
  );
}

/** Each member of a fold, where it lies. */
export function FoldBar({ row, timing, zoom, critical }: BarProps) {
  const members = row.fold?.members ?? [];
  const pieces = members.flatMap(({ at }) => {
    const startMs = timing.startMs[at] ?? 0;
    return [startMs, startMs + (timing.durationMs[at] ?? 0)];
  });
  const onPath = critical ? members.flatMap(({ at }) => timing.critical.get(at) ?? []) : [];
  return (
    <div role="gridcell" className={styles.track}>
      <Shape
        className={styles.foldBar}
        shape={shapeOf(pieces, zoom)}
        color={serviceLook(row.node.span?.service ?? '').color}
      />
      {onPath.length > 0 && <Shape className={styles.critical} shape={shapeOf(onPath, zoom)} />}
    </div>
  );
}

/** The width of the picture. */
const steps = 2000;
/** As wide as a piece is drawn at least, so that many of them touch. */
const leastSteps = 8;
/** Less may be narrower than 2 px where the picture has the 160 px that it has at least. */
const broadSteps = 26;

/** Paths of pieces: as wide as they are, and a line of 2 px in each that may be narrower. */
interface PieceShape {
  readonly bars: string;
  readonly lines: string;
}

function Shape({
  className,
  shape: { bars, lines },
  color = 'currentColor',
}: {
  readonly className: string | undefined;
  readonly shape: PieceShape;
  readonly color?: string;
}) {
  return (
    <svg className={className} viewBox={`0 0 ${steps} 1`} preserveAspectRatio="none" aria-hidden>
      <path d={bars} fill={color} />
      {lines !== '' && <path className={styles.line} d={lines} stroke={color} />}
    </svg>
  );
}

/** Pieces (from, to, from, to …) as one shape; those that touch in the picture are one, each wide enough to be seen. */
function shapeOf(pieces: readonly number[], zoom: Zoom): PieceShape {
  let [bars, lines] = ['', ''];
  let [left, right] = [-1, -1];
  const put = () => {
    if (right <= left) return;
    bars += `M${left} 0H${right}V1H${left}Z`;
    if (right - left < broadSteps) lines += `M${(left + right) / 2} 0V1`;
  };
  const order = Array.from({ length: pieces.length / 2 }, (_, at) => at * 2);
  // Of one span they come in order; of several they may not.
  order.sort((a, b) => (pieces[a] ?? 0) - (pieces[b] ?? 0));
  for (const at of order) {
    const from = placeOf(pieces[at] ?? 0, zoom);
    const to = placeOf(pieces[at + 1] ?? 0, zoom);
    if (to < 0 || from > 1) continue;
    const start = Math.min(Math.floor(clip(from) * steps), steps - leastSteps);
    const end = Math.max(start + leastSteps, Math.ceil(clip(to) * steps));
    if (start <= right) {
      right = Math.max(right, end);
      continue;
    }
    put();
    [left, right] = [start, end];
  }
  put();
  return { bars, lines };
}
