import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { without } from '../app/search-params.ts';
import { count } from '../format/number.ts';
import { Empty } from '../ui/empty.tsx';
import { LastSpan } from '../ui/last-span.tsx';
import type { Range } from '../ui/range.ts';
import styles from './no-results.module.css';
import type { SearchParams } from './params.ts';
import { clausesQuery } from './queries.ts';

export interface NoResultsProps {
  readonly params: SearchParams;
  readonly window: Range;
}

/** Nothing was found, and what would find something. */
export function NoResults({ params, window }: NoResultsProps) {
  const { t } = useTranslation('search');
  const { q = '' } = params;
  const clauses = useQuery({ ...clausesQuery(params), enabled: q !== '' });
  return (
    <Empty title={q === '' ? t('none.window') : t('none.query')}>
      <LastSpan window={window} />
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
