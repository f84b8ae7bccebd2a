import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import type { HeatmapAnswer } from '../api/answers.ts';
import { get } from '../api/client.ts';
import { duration } from '../format/duration.ts';
import { Failure } from '../ui/failure.tsx';
import { PageLoading } from '../ui/loading.tsx';
import { ServiceLabel } from '../ui/service.tsx';
import { Time } from '../ui/time.tsx';
import styles from './figures.module.css';
import './texts.ts';

export interface ChosenCell {
  readonly timeMs: number;
  readonly minMs: number;
  readonly maxMs: number;
}

export interface CellTracesProps {
  readonly cell: ChosenCell;
  readonly stepMs: number;
  /** What finds its spans, without their durations; null where the store cannot tell them from others. */
  readonly query: string | null;
  readonly column: HeatmapAnswer['columns'][number] | undefined;
}

/** Traces of a cell of the heatmap, the slowest first. */
export function CellTraces({ cell, stepMs, query, column }: CellTracesProps) {
  const { t } = useTranslation('figures');
  const { timeMs, minMs, maxMs } = cell;
  const q = query === null ? null : query.replace('$duration', `duration >= ${minMs}ms and duration < ${maxMs}ms`);
  const { slowest = null, failed = null } = column ?? {};
  const window = { from: new Date(timeMs).toISOString(), to: new Date(timeMs + stepMs).toISOString() };
  const exemplars = useQuery({
    queryKey: ['exemplars', q, window.from, window.to],
    queryFn: ({ signal }) =>
      get('exemplars', { params: { q: q ?? '', ...window, sort: 'duration', limit: 20 }, signal }),
    enabled: q !== null,
    placeholderData: keepPreviousData,
  });
  return (
    <section className={styles.cells} aria-live="polite">
      <h3>{t('traces')}</h3>
      <p className={styles.note}>
        {duration(minMs)} – {duration(maxMs)} · <Time at={timeMs} />
      </p>
      {exemplars.isError && <Failure error={exemplars.error} onRetry={() => void exemplars.refetch()} />}
      {q !== null && exemplars.isPending && <PageLoading />}
      {exemplars.data?.spans.length === 0 && <p>{t('noTraces')}</p>}
      <ul>
        {exemplars.data?.spans.map(({ traceId, spanId, service, operation, status, startTime, durationMs }) => (
          <li key={`${traceId}${spanId}`}>
            <Link to="/trace/$traceId" params={{ traceId }} className={styles.id}>
              {traceId.slice(0, 8)}
            </Link>
            <span>{duration(durationMs)}</span>
            <ServiceLabel service={service} />
            <span>{operation}</span>
            {status === 'error' && <span className={styles.slower}>✕ {status}</span>}
            <Time at={startTime} />
          </li>
        ))}
        {q === null && slowest !== null && (
          <li>
            <Link to="/trace/$traceId" params={{ traceId: slowest.traceId }}>
              {t('slowestTrace')} · {duration(slowest.durationMs)}
            </Link>
          </li>
        )}
        {q === null && failed !== null && (
          <li>
            <Link to="/trace/$traceId" params={{ traceId: failed }}>
              {t('failedTrace')}
            </Link>
          </li>
        )}
      </ul>
    </section>
  );
}
