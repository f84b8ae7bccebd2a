import { queryOptions, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { get } from '../api/client.ts';
import { nowMs } from '../clock.ts';
import { ago } from '../format/time.ts';
import styles from './notes.module.css';
import type { Range } from './range.ts';

export interface LastSpanProps {
  /** The window in which nothing was found, as it was answered. */
  readonly window: Range;
  /** Finds whose last span it is; the last of all where it is missing. */
  readonly spans?: string | undefined;
  /** Of all spans those of this environment. */
  readonly environment?: string | undefined;
}

const minuteMs = 60_000;
/** Before the last trace began, and after: it was open for some minutes at most. */
const shown = { beforeMs: 30 * minuteMs, afterMs: 5 * minuteMs } as const;
/** No trace is that old, unless another retention was chosen. */
const longAgo = 'now-90d';

/** When the last span came, where that is not in the window, and the way there. */
export function LastSpan({ window, spans, environment }: LastSpanProps) {
  const { t, i18n } = useTranslation();
  const { data } = useQuery(lastQuery(spans, environment));
  const lastMs = data?.[0] === undefined ? null : Date.parse(data[0].startTime);
  const isElsewhere = lastMs !== null && (lastMs < Date.parse(window.from) || lastMs >= Date.parse(window.to));
  const isNever = data?.length === 0 && spans === undefined && environment === undefined;
  return (
    <p className={styles.lastSpan}>
      {isNever && (
        <>
          {t('lastSpan.never')} <Link to="/">{t('lastSpan.connect')}</Link>
        </>
      )}
      {isElsewhere && (
        <>
          {t('lastSpan.came', { ago: ago(lastMs, nowMs(), i18n.language) })}{' '}
          <Link to="." search={around(lastMs) as never}>
            {t('lastSpan.goThere')}
          </Link>
        </>
      )}
    </p>
  );
}

/** The same page, some minutes around a moment. */
function around(timeMs: number): (before: object) => object {
  return (before) => ({
    ...before,
    from: new Date(timeMs - shown.beforeMs).toISOString(),
    to: new Date(timeMs + shown.afterMs).toISOString(),
  });
}

function lastQuery(spans: string | undefined, environment: string | undefined) {
  return queryOptions({
    queryKey: ['last', spans, environment],
    queryFn: async ({ signal }) =>
      spans === undefined
        ? (await get('traces', { params: { limit: 1, environment }, signal })).traces
        : (await get('search', { params: { q: spans, from: longAgo, limit: 1 }, signal })).traces,
  });
}
