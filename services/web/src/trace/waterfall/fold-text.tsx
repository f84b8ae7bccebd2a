import { useTranslation } from 'react-i18next';

import { duration } from '../../format/duration.ts';
import { count } from '../../format/number.ts';
import { serviceFill } from '../../format/service.ts';
import { lateUpToText } from '../late-text.ts';
import { type Fold, foldFigures, foldLateByMs } from '../model/fold.ts';
import styles from './waterfall.module.css';

/** `SELECT cart ×143 · Σ 1.2 s · p50 7 ms · max 40 ms`. */
export function FoldText({ fold }: { readonly fold: Fold }) {
  const { t } = useTranslation('trace');
  const { span, parent } = fold.members[0] ?? {};
  const { sumMs, p50Ms, maxMs } = foldFigures(fold);
  const lateByMs = foldLateByMs(fold);
  const service = span?.service ?? '';
  const figures = t('foldFigures', { sum: duration(sumMs), p50: duration(p50Ms), max: duration(maxMs) });
  return (
    <>
      <span className={styles.swatch} style={{ background: serviceFill(service) }} aria-hidden />
      {parent?.span?.service !== service && <strong className={styles.service}>{service}</strong>}
      <span className={styles.operation} title={`${service} ${span?.name}`}>
        {span?.name}
      </span>
      <span className={styles.foldFigures} title={figures}>
        <b>×{count(fold.members.length)}</b> · {figures}
      </span>
      {lateByMs !== null && (
        <span className={styles.note} title={t('late.help')}>
          {lateUpToText(t, lateByMs)}
        </span>
      )}
    </>
  );
}
