import { useTranslation } from 'react-i18next';

import { changeText } from '../figures/change-text.ts';
import { Change } from '../figures/change.tsx';
import { duration } from '../format/duration.ts';
import { count, percent } from '../format/number.ts';
import { errorRate } from './graph/graph.ts';
import type { Figures } from './graph/health.ts';
import styles from './map.module.css';

export interface FiguresTableProps {
  readonly now: Figures & { readonly unpaired?: number };
  readonly before: Figures | undefined;
}

/** The figures of what is selected, beside those of the baseline. */
export function FiguresTable({ now, before }: FiguresTableProps) {
  const { t } = useTranslation('map');
  const { t: common } = useTranslation();
  const { t: figures } = useTranslation('figures');
  const part = (after: number, earlier: number | undefined) =>
    earlier === undefined || earlier <= 0 ? null : after / earlier - 1;
  const percentiles = Object.keys(now.durationMs ?? {});
  return (
    <table className={styles.figures}>
      <thead>
        <tr>
          <th scope="col">
            <span className={styles.hidden}>{t('name')}</span>
          </th>
          <th scope="col">{t('now')}</th>
          <th scope="col">{t('before')}</th>
          <th scope="col">{figures('change')}</th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">{common('calls')}</th>
          <td>{count(now.calls)}</td>
          <td>{before === undefined ? '–' : count(before.calls)}</td>
          <td>{percentChange(part(now.calls, before?.calls))}</td>
        </tr>
        <tr>
          <th scope="row">{common('errors')}</th>
          <td>
            {count(now.errors)} · {percent(errorRate(now))}
          </td>
          <td>{before === undefined ? '–' : percent(errorRate(before))}</td>
          <td>
            <Change part={before === undefined ? null : errorRate(now) - errorRate(before)} points />
          </td>
        </tr>
        {percentiles.map((name) => (
          <tr key={name}>
            <th scope="row">{name === 'max' ? figures('max') : name}</th>
            <td>{duration(now.durationMs?.[name])}</td>
            <td>{duration(before?.durationMs?.[name])}</td>
            <td>
              <Change part={part(now.durationMs?.[name] ?? 0, before?.durationMs?.[name])} />
            </td>
          </tr>
        ))}
        {(now.unpaired ?? 0) > 0 && (
          <tr>
            <th scope="row">{t('unpaired')}</th>
            <td>{count(now.unpaired ?? 0)}</td>
            <td colSpan={2}>–</td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

/** More calls are no fault: their growth is not marked. */
function percentChange(part: number | null): string {
  return part === null ? '–' : changeText(part);
}
