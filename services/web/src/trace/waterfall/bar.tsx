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
      {pieces !== undefined && shown && <Path className={styles.critical} d={pathOf(pieces, zoom)} />}
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
      <Path
        className={styles.foldBar}
        d={pathOf(pieces, zoom)}
        color={serviceLook(row.node.span?.service ?? '').color}
      />
      {onPath.length > 0 && <Path className={styles.critical} d={pathOf(onPath, zoom)} />}
    </div>
  );
}

const steps = 2000;

function Path({
  className,
  d,
  color,
}: {
  readonly className: string | undefined;
  readonly d: string;
  readonly color?: string;
}) {
  return (
    <svg className={className} viewBox={`0 0 ${steps} 1`} preserveAspectRatio="none" aria-hidden>
      <path d={d} fill={color ?? 'currentColor'} />
    </svg>
  );
}

/** Pieces (from, to, from, to …) as one shape; those that touch in the picture are one, each wide enough to be seen. */
function pathOf(pieces: readonly number[], zoom: Zoom): string {
  let path = '';
  let [left, right] = [-1, -1];
  const put = () => {
    if (right > left) path += `M${left} 0H${right}V1H${left}Z`;
  };
  const order = Array.from({ length: pieces.length / 2 }, (_, at) => at * 2);
  // Of one span they come in order; of several they may not.
  order.sort((a, b) => (pieces[a] ?? 0) - (pieces[b] ?? 0));
  for (const at of order) {
    const from = placeOf(pieces[at] ?? 0, zoom);
    const to = placeOf(pieces[at + 1] ?? 0, zoom);
    if (to < 0 || from > 1) continue;
    const start = Math.floor(clip(from) * steps);
    const end = Math.max(start + 8, Math.ceil(clip(to) * steps));
    if (start <= right) {
      right = Math.max(right, end);
      continue;
    }
    put();
    [left, right] = [start, end];
  }
  put();
  return path;
}
