import { type MouseEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { duration } from '../format/duration.ts';
import { type Mark, serviceLook } from '../format/service.ts';
import { resolveColor } from './colors.ts';
import { flameOf } from './model/flame.ts';
import { placeOf } from './model/scale.ts';
import type { Node } from './model/tree.ts';
import styles from './trace.module.css';
import type { View } from './view-model.ts';
import { Ruler } from './waterfall/ruler.tsx';

const laneHeight = 18;
/** At the left end of a bar, where it covers no text. */
const markWidth = 8;

/** What the mark of a service cuts out of its colour. */
function drawMark(context: CanvasRenderingContext2D, mark: Mark, left: number, top: number): void {
  const height = laneHeight - 2;
  switch (mark) {
    case 'plain':
      break;
    case 'diagonal':
      context.beginPath();
      for (let y = 0; y < height; y += 6) {
        context.moveTo(left, top + y + 6);
        context.lineTo(left + markWidth, top + y);
        context.lineTo(left + markWidth, top + y + 2);
        context.lineTo(left, top + y + 8);
      }
      context.fill();
      break;
    case 'middle':
      context.fillRect(left, top + height / 2 - 2, markWidth, 4);
      break;
    case 'upright':
      for (const x of [2, 6]) context.fillRect(left + x, top, 2, height);
      break;
  }
}

/** Time from left to right, what a span called below it. The keys of the waterfall select here, too. */
export function FlameView({ view, theme }: { readonly view: View; readonly theme: string }) {
  const { t } = useTranslation('trace');
  const { tree, timing, zoom, selected, isMatch, params } = view;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [hovered, setHovered] = useState<Node | null>(null);
  const flame = useMemo(() => flameOf(tree, timing), [tree, timing]);
  const height = flame.lanes * laneHeight;
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    const draw = () => {
      const width = element.clientWidth;
      element.width = width * devicePixelRatio;
      element.height = height * devicePixelRatio;
      const context = element.getContext('2d');
      if (context === null) return;
      context.scale(devicePixelRatio, devicePixelRatio);
      context.font = '12px "Inter Variable", system-ui, sans-serif';
      context.textBaseline = 'middle';
      const [card, accent] = [resolveColor('var(--card)'), resolveColor('var(--accent)')];
      for (const node of tree.nodes) {
        const left = placeOf(timing.startMs[node.at] ?? 0, zoom) * width;
        const long = Math.max(2, ((timing.durationMs[node.at] ?? 0) / (zoom.toMs - zoom.fromMs)) * width);
        if (left > width || left + long < 0) continue;
        const top = (flame.lane[node.at] ?? 0) * laneHeight;
        const from = Math.max(0, left);
        const shown = Math.min(width, left + long) - from;
        context.globalAlpha = isMatch.size > 0 && !isMatch.has(node) ? 0.3 : 1;
        context.fillStyle = node.span === null ? resolveColor('var(--line)') : resolveColor(node.span.service, true);
        context.fillRect(from, top, Math.max(1, shown - 1), laneHeight - 2);
        if (node.span !== null && shown > 2 * markWidth) {
          context.fillStyle = card;
          drawMark(context, serviceLook(node.span.service).mark, from, top);
        }
        if (node.span?.error === true) {
          context.fillStyle = resolveColor('var(--bad)');
          context.fillRect(from, top + laneHeight - 5, Math.max(2, shown - 1), 3);
        }
        if (node === selected) {
          context.strokeStyle = accent;
          context.lineWidth = 2;
          context.strokeRect(from, top, shown, laneHeight - 2);
        }
        if (shown < 40 || node.span === null) continue;
        context.save();
        context.beginPath();
        context.rect(from, top, shown - 4, laneHeight);
        context.clip();
        context.fillStyle = document.documentElement.dataset['theme'] === 'dark' ? card : '#fff';
        context.fillText(
          `${node.span.name}  ${duration(timing.durationMs[node.at])}`,
          from + markWidth + 4,
          top + laneHeight / 2 - 1,
        );
        context.restore();
      }
    };
    draw();
    const observer = new ResizeObserver(draw);
    observer.observe(element);
    return () => observer.disconnect();
    // `theme` changes what colours mean.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [tree, timing, zoom, flame, height, selected, isMatch, theme]);
  const nodeAt = (event: MouseEvent<HTMLCanvasElement>): Node | null => {
    const { left, top, width } = event.currentTarget.getBoundingClientRect();
    const ms = zoom.fromMs + ((event.clientX - left) / width) * (zoom.toMs - zoom.fromMs);
    const lane = Math.floor((event.clientY - top) / laneHeight);
    const reach = ((zoom.toMs - zoom.fromMs) / width) * 2;
    const isHere = ({ at }: Node) =>
      flame.lane[at] === lane &&
      (timing.startMs[at] ?? 0) <= ms &&
      (timing.startMs[at] ?? 0) + Math.max(reach, timing.durationMs[at] ?? 0) >= ms;
    return tree.nodes.find(isHere) ?? null;
  };
  const said = hovered ?? selected;
  return (
    <div className={styles.flame}>
      <div className={styles.flameRuler}>
        <Ruler view={view} most={10} />
      </div>
      <section className={styles.flameScroll} tabIndex={0} aria-label={t('views.flame')}>
        <canvas
          ref={canvas}
          role="img"
          aria-label={t('flameLabel', { count: tree.spanCount })}
          style={{ height }}
          onMouseMove={(event) => setHovered(nodeAt(event))}
          onMouseLeave={() => setHovered(null)}
          onClick={(event) => {
            const node = nodeAt(event);
            if (node !== null) view.select(node.key, true);
          }}
          onDoubleClick={() => view.setZoom(null)}
        />
      </section>
      <output className={styles.flameSaid}>
        {said === null
          ? t('flameHelp')
          : `${said.span?.service ?? ''} ${said.span?.name ?? said.key} · ${duration(timing.durationMs[said.at])} · ${t('columns.self')} ${duration(timing.selfMs[said.at])}`}
        {params.find !== undefined && ` · ${t('matches', { position: 0, count: isMatch.size })}`}
      </output>
    </div>
  );
}
