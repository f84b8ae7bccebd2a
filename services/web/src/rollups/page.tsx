import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, createLazyRoute } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { get } from '../api/client.ts';
import { every } from '../api/query-client.ts';
import { addTexts } from '../i18n/i18n.ts';
import { Button } from '../ui/button.tsx';
import { Empty } from '../ui/empty.tsx';
import { Failure } from '../ui/failure.tsx';
import { PageLoading } from '../ui/loading.tsx';
import { type Changes, type RollupsParams, statuses } from './params.ts';
import { Results } from './results.tsx';
import { RunsTable } from './runs.tsx';
import styles from './rollups.module.css';
import en from './texts.en.ts';
import zh from './texts.zh.ts';

addTexts('rollups', en, zh);

export const rollups = createLazyRoute('/rollups')({ component: Page });

/** A pass takes a moment, and begins each minute. */
const refreshMs = 10_000;

function Page() {
  const { t } = useTranslation('rollups');
  const params: RollupsParams = rollups.useSearch();
  const navigate = rollups.useNavigate();
  const { name, status } = params;
  const change = (next: Changes) =>
    void navigate({ to: '.', search: (before: object) => ({ ...before, ...next }) } as never);
  const runs = useQuery({
    queryKey: ['rollups/runs', name, status],
    queryFn: ({ signal }) => get('rollups/runs', { params: { name, status, limit: 200 }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: every(refreshMs),
  });
  const found = runs.data?.runs;
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1>{name === undefined ? t('title') : t('titleOf', { name })}</h1>
        {name !== undefined && (
          <Link to="." search={((before: object) => ({ ...before, name: undefined })) as never}>
            {t('all')}
          </Link>
        )}
      </div>
      {name !== undefined && <Results name={name} />}
      <section className={styles.section}>
        <div className={styles.head}>
          <h2>{t('runs')}</h2>
          <div className={styles.buttons}>
            <Button quiet pressed={status === undefined} onClick={() => change({ status: undefined })}>
              {t('any')}
            </Button>
            {statuses.map((each) => (
              <Button key={each} quiet pressed={status === each} onClick={() => change({ status: each })}>
                {t(`statuses.${each}`)}
              </Button>
            ))}
          </div>
        </div>
        {runs.isError && <Failure error={runs.error} onRetry={() => void runs.refetch()} />}
        {found === undefined && !runs.isError && <PageLoading />}
        {found?.length === 0 &&
          (name === undefined && status === undefined ? (
            <Empty title={t('none')}>{t('noneHelp')}</Empty>
          ) : (
            <Empty title={t('noneOf')} />
          ))}
        {found !== undefined && found.length > 0 && <RunsTable runs={found} />}
      </section>
    </div>
  );
}
