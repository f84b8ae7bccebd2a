import { duration } from '../../format/duration.ts';
import { placeOf, ticksOf } from '../model/scale.ts';
import type { View } from '../view-model.ts';
import { useRangeDrag } from './range-drag.ts';
import styles from './waterfall.module.css';

/** Time above the bars: dragging over it shows that part alone, a double click everything again. */
export function Ruler({ view, most }: { readonly view: View; readonly most: number }) {
  const { zoom, whole, setZoom } = view;
  const drag = useRangeDrag(zoom, setZoom);
  return (
    <div className={styles.ruler} data-testid="ruler" {...drag.handlers}>
      {ticksOf(zoom, whole.fromMs, most).map((tick) => {
        const place = placeOf(tick, zoom);
        // The last label stands before its mark: behind it there is no room.
        return (
          <span
            key={tick}
            className={place > 0.9 ? styles.tickBefore : styles.tick}
            style={{ left: `${place * 100}%` }}
          >
            {duration(Number((tick - whole.fromMs).toPrecision(12)))}
          </span>
        );
      })}
      {drag.mark !== null && <div className={styles.mark} style={drag.mark} />}
    </div>
  );
}
