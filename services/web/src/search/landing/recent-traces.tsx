import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { get } from '../../api/client.ts';
import { count } from '../../format/number.ts';
import { Button } from '../../ui/button.tsx';
import { Failure } from '../../ui/failure.tsx';
import { foundLatest } from '../found.ts';
import { Results } from '../results.tsx';
import { useNewTraces } from '../use-new-traces.ts';
import { notDemo } from './demo.ts';
import styles from './landing-page.module.css';

const shownTraces = 16;

/** The traces that began last. They stand still until newer ones are asked for. */
export function RecentTraces({ hidesDemo }: { readonly hidesDemo: boolean }) {
  const { t } = useTranslation('search');
  const query = hidesDemo ? notDemo : '';
  const recent = useQuery({
    queryKey: ['recent', query],
    queryFn: async ({ signal }) =>
      query === ''
        ? (await get('traces', { params: { limit: shownTraces }, signal })).traces
        : (await get('search', { params: { q: query, from: 'now-1d', limit: shownTraces }, signal })).traces,
    staleTime: Infinity,
    refetchOnMount: 'always',
  });
  const { data, dataUpdatedAt } = recent;
  const shown = useMemo(() => {
    if (data === undefined) return null;
    const since = new Date(dataUpdatedAt).toISOString();
    return { from: data.at(-1)?.startTime ?? since, to: since, traceIds: data.map(({ traceId }) => traceId) };
  }, [data, dataUpdatedAt]);
  const found = useMemo(() => foundLatest(query, data ?? []), [query, data]);
  const newCount = useNewTraces({ query, shown, enabled: true });
  return (
    <section className={styles.card} aria-label={t('landing.recent')}>
      <header className={styles.head}>
        <h2>{t('landing.recent')}</h2>
        {newCount > 0 && (
          <Button quiet onClick={() => void recent.refetch()}>
            {t('new', { count: newCount, text: count(newCount) })} <span aria-hidden>↑</span>
          </Button>
        )}
        <Link to="/search" search={query === '' ? {} : { q: query }}>
          {t('landing.searchAll')}
        </Link>
      </header>
      {recent.isError && <Failure error={recent.error} onRetry={() => void recent.refetch()} />}
      {data !== undefined && data.length > 0 && (
        <Results label={t('landing.recent')} traces={data} found={found} compact />
      )}
      {data?.length === 0 && <p className={styles.empty}>{t('landing.noTraces')}</p>}
    </section>
  );
}
