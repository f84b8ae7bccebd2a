import { useLayoutEffect, useRef, useState } from 'react';

import { duration } from '../../format/duration.ts';
import { placeOf, ticksOf } from '../model/scale.ts';
import type { View } from '../view-model.ts';
import { useRangeDrag } from './range-drag.ts';
import styles from './waterfall.module.css';

/** Of a label, with what it says to the digit. */
const labelPixels = 75;

/** Time above the bars: dragging over it shows that part alone, a double click everything again. */
export function Ruler({ view, most }: { readonly view: View; readonly most: number }) {
  const { zoom, whole, setZoom } = view;
  const ruler = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const drag = useRangeDrag(zoom, setZoom);
  useLayoutEffect(() => {
    const element = ruler.current;
    if (element === null) return undefined;
    const measure = () => setWidth(element.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const ticks = ticksOf(zoom, whole.fromMs, Math.max(1, Math.min(most, Math.floor(width / labelPixels))));
  const [first = 0, second = Number.POSITIVE_INFINITY] = ticks.map((tick) => placeOf(tick, zoom) * width);
  return (
    <div ref={ruler} className={styles.ruler} data-testid="ruler" {...drag.handlers}>
      {ticks.map((tick) => {
        const place = placeOf(tick, zoom);
        // Behind the last mark there may be no room: its label stands before it, where that of the mark before it leaves some.
        const before = (1 - place) * width < labelPixels;
        return (
          <span key={tick} className={before ? styles.tickBefore : styles.tick} style={{ left: `${place * 100}%` }}>
            {before && second - first < 2 * labelPixels
              ? null
              : duration(Number((tick - whole.fromMs).toPrecision(12)))}
          </span>
        );
      })}
      {drag.mark !== null && <div className={styles.mark} style={drag.mark} />}
    </div>
  );
}
