import { useElementScrollRestoration } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';

import { Empty } from '../../ui/empty.tsx';
import { zoomAbout } from '../model/scale.ts';
import type { TraceSpan } from '../model/span.ts';
import type { Rank } from '../ranks.ts';
import type { View } from '../view-model.ts';
import { RowView } from './row.tsx';
import { Ruler } from './ruler.tsx';
import styles from './waterfall.module.css';

export const rowHeight = 24;
const rulerHeight = 22;
const scrollId = 'trace-rows';
/** For each notch of a wheel. */
const zoomStep = 1.25;
const none: readonly string[] = [];

export interface WaterfallProps {
  readonly view: View;
  readonly rankOf: (span: TraceSpan) => Rank | null;
}

/** Spans below each other, those that are called below their callers, each with a bar for its time. */
export function Waterfall({ view, rankOf }: WaterfallProps) {
  const { t } = useTranslation('trace');
  const { rows, timing, zoom, params, selectedKey, rowAt, isMatch } = view;
  const scroller = useRef<HTMLDivElement>(null);
  const before = useElementScrollRestoration({ id: scrollId });
  // A new function would have all rows measured anew, with each frame of scrolling.
  const getItemKey = useCallback((at: number) => rows[at]?.key ?? at, [rows]);
  // It is no compiler that memoises here.
  // oxlint-disable-next-line react/incompatible-library
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    paddingStart: rulerHeight,
    scrollPaddingStart: rulerHeight,
    getItemKey,
    initialOffset: before?.scrollY ?? 0,
  });
  const at = selectedKey === null ? undefined : rowAt.get(selectedKey);
  const isReturning = useRef(before !== undefined);
  useEffect(() => {
    if (at === undefined) return;
    // Where Back returns to, the scroll position was chosen; elsewhere the selection is to be seen.
    if (isReturning.current) isReturning.current = false;
    else virtual.scrollToIndex(at, { align: 'auto' });
  }, [at, virtual]);
  useWheelZoom(scroller, view);
  const pins = params.pins ?? none;
  const template = `minmax(200px, 34%) 96px 116px ${pins.map(() => '130px ').join('')}minmax(160px, 1fr)`;
  return (
    <div
      ref={scroller}
      data-scroll-restoration-id={scrollId}
      className={styles.scroller}
      style={{ '--columns': template } as object}
      role="treegrid"
      tabIndex={0}
      aria-label={t('waterfall')}
      aria-rowcount={rows.length + 1}
      {...(at === undefined ? {} : { 'aria-activedescendant': `row-${selectedKey}` })}
    >
      <div className={styles.canvas} role="rowgroup" style={{ height: virtual.getTotalSize() }}>
        <div role="row" aria-rowindex={1} className={styles.head}>
          <div role="columnheader">{t('columns.span')}</div>
          <div role="columnheader" className={styles.number}>
            {t('columns.duration')}
          </div>
          <div role="columnheader" className={styles.rank} title={t('columns.rankHelp')}>
            {t('columns.rank')}
          </div>
          {pins.map((pin) => (
            <div role="columnheader" key={pin} className={styles.pinHead}>
              <span title={pin} className={styles.pin}>
                {pin}
              </span>
              <button
                type="button"
                className={styles.more}
                aria-label={t('unpin', { name: pin })}
                onClick={() => view.change({ pins: pins.filter((other) => other !== pin) })}
              >
                ×
              </button>
            </div>
          ))}
          <div role="columnheader" aria-label={t('columns.time')} className={styles.rulerCell}>
            <Ruler view={view} most={6} />
          </div>
        </div>
        {virtual.getVirtualItems().map(({ index, start, key }) => {
          const row = rows[index];
          if (row === undefined) return null;
          const { span } = row.node;
          return (
            <RowView
              key={key}
              row={row}
              top={start - rulerHeight}
              index={index}
              timing={timing}
              zoom={zoom}
              selected={row.key === selectedKey}
              match={row.fold === null && isMatch.has(row.node)}
              critical={params.critical !== 'off'}
              corrected={params.clock === 'corrected'}
              rank={row.fold === null && span !== null ? rankOf(span) : null}
              pins={pins}
              onSelect={view.select}
              onToggle={view.toggle}
              onShowAll={view.showAllChildren}
            />
          );
        })}
      </div>
      {rows.length === 0 && <Empty title={t('noSpans')} />}
    </div>
  );
}

/** Ctrl and the wheel, or two fingers, come closer to the time that the pointer is at. */
function useWheelZoom(scroller: React.RefObject<HTMLDivElement | null>, view: View): void {
  const latest = useRef(view);
  useEffect(() => {
    latest.current = view;
  });
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      // The browser would zoom the page.
      event.preventDefault();
      const ruler = element.querySelector('[data-testid=ruler]')?.getBoundingClientRect();
      if (ruler === undefined) return;
      const { zoom, whole, setZoom } = latest.current;
      const part = Math.min(1, Math.max(0, (event.clientX - ruler.left) / ruler.width));
      const atMs = zoom.fromMs + part * (zoom.toMs - zoom.fromMs);
      setZoom(zoomAbout(zoom, whole, atMs, event.deltaY < 0 ? 1 / zoomStep : zoomStep));
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [scroller]);
}
