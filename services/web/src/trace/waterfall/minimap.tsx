import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';

import { resolveColor } from '../colors.ts';
import { placeOf } from '../model/scale.ts';
import type { View } from '../view-model.ts';
import { useRangeDrag } from './range-drag.ts';
import styles from './waterfall.module.css';

const height = 34;

/** The whole trace in a strip, and which part of it is shown; dragging chooses another. */
export function Minimap({ view, theme }: { readonly view: View; readonly theme: string }) {
  const { t } = useTranslation('trace');
  const canvas = useRef<HTMLCanvasElement>(null);
  const { tree, timing, whole, zoom, setZoom } = view;
  const drag = useRangeDrag(whole, setZoom);
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    const draw = () => drawAll(element, { tree, timing, whole });
    draw();
    const observer = new ResizeObserver(draw);
    observer.observe(element);
    return () => observer.disconnect();
    // `theme` changes what colours mean.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [tree, timing, whole, theme]);
  const percent = (ms: number) => `${Math.min(100, Math.max(0, placeOf(ms, whole) * 100))}%`;
  return (
    <div className={styles.minimap} {...drag.handlers} data-testid="minimap">
      <canvas ref={canvas} role="img" aria-label={t('minimap')} />
      <div className={styles.veil} style={{ left: 0, width: percent(zoom.fromMs) }} />
      <div className={styles.veil} style={{ left: percent(zoom.toMs), right: 0 }} />
      {drag.mark !== null && <div className={styles.mark} style={drag.mark} />}
    </div>
  );
}

function drawAll(canvas: HTMLCanvasElement, { tree, timing, whole }: Pick<View, 'tree' | 'timing' | 'whole'>): void {
  const width = canvas.clientWidth;
  const scale = devicePixelRatio;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const context = canvas.getContext('2d');
  if (context === null || width === 0) return;
  context.scale(scale, scale);
  const lines = Math.min(tree.nodes.length, height);
  const thick = height / Math.max(lines, 8);
  const bad = resolveColor('var(--bad)');
  for (const { at, span } of tree.nodes) {
    if (span === null) continue;
    const left = placeOf(timing.startMs[at] ?? 0, whole) * width;
    const long = Math.max(1, ((timing.durationMs[at] ?? 0) / (whole.toMs - whole.fromMs)) * width);
    const line = Math.floor((at / tree.nodes.length) * lines);
    context.fillStyle = span.error ? bad : resolveColor(span.service, true);
    context.fillRect(left, line * thick, long, Math.max(1, thick - 1));
  }
}
