import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { without } from '../app/search-params.ts';
import { nowMs } from '../clock.ts';
import { count } from '../format/number.ts';
import { ago } from '../format/time.ts';
import { Empty } from '../ui/empty.tsx';
import styles from './no-results.module.css';
import type { SearchParams } from './params.ts';
import { clausesQuery, latestQuery } from './queries.ts';

export interface NoResultsProps {
  readonly params: SearchParams;
  readonly from: string;
}

const minuteMs = 60_000;

/** Nothing was found, and what would find something. */
export function NoResults({ params, from }: NoResultsProps) {
  const { t, i18n } = useTranslation('search');
  const { q = '' } = params;
  const clauses = useQuery({ ...clausesQuery(params), enabled: q !== '' });
  const latest = useQuery(latestQuery());
  const last = latest.data?.[0];
  const lastMs = last === undefined ? null : Date.parse(last.startTime);
  const isEarlier = lastMs !== null && lastMs < Date.parse(from);
  return (
    <Empty title={q === '' ? t('none.window') : t('none.query')}>
      {latest.data?.length === 0 && (
        <p>
          {t('none.never')} <Link to="/">{t('none.connect')}</Link>
        </p>
      )}
      {isEarlier && (
        <p>
          {t('none.last', { ago: ago(lastMs, nowMs(), i18n.language) })}{' '}
          <Link
            to="/search"
            search={{
              ...(q === '' ? {} : { q }),
              from: new Date(lastMs - 30 * minuteMs).toISOString(),
              to: new Date(lastMs + minuteMs).toISOString(),
            }}
          >
            {t('none.goThere')}
          </Link>
        </p>
      )}
      {clauses.data !== undefined && clauses.data.clauses.length > 0 && (
        <ul className={styles.clauses} aria-label={t('none.clauses')}>
          {clauses.data.clauses.map((clause) => (
            <li key={clause.from}>
              <span className={styles.clause}>{clause.text}</span>
              <span className={clause.count === 0 ? styles.zero : undefined}>
                {t('none.alone', { count: clause.count, text: `${clause.exact ? '' : '≥ '}${count(clause.count)}` })}
              </span>
              <Link
                from="/search"
                to="/search"
                search={(before) => ({
                  ...without(before, 'cursor', 'q'),
                  ...(clause.without === '' ? {} : { q: clause.without }),
                })}
                aria-label={t('none.dropClause', { clause: clause.text })}
              >
                {t('none.drop')}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Empty>
  );
}
