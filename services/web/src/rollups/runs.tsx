import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import type { RollupsRunsAnswer } from '../api/answers.ts';
import { duration } from '../format/duration.ts';
import { count } from '../format/number.ts';
import { Badge } from '../ui/badge.tsx';
import { Table } from '../ui/table.tsx';
import { Time } from '../ui/time.tsx';
import styles from './rollups.module.css';
import { windowText } from './window-text.ts';

/** What was run on a schedule, and how it went: a state is said only where it is not done. */
export function RunsTable({ runs }: RollupsRunsAnswer) {
  const { t } = useTranslation('rollups');
  return (
    <Table
      label={t('runs')}
      columns={[
        {
          id: 'name',
          head: t('rollup'),
          cell: ({ name, status, error }) => (
            <>
              <Link to="." search={((before: object) => ({ ...before, name })) as never}>
                {name}
              </Link>{' '}
              {status !== 'done' && (
                <Badge tone={status === 'failed' ? 'bad' : 'plain'}>{t(`statuses.${status}`)}</Badge>
              )}
              {error !== null && <div className={styles.error}>{error}</div>}
            </>
          ),
        },
        { id: 'window', head: t('window'), cell: windowText },
        { id: 'rows', head: t('rows'), number: true, cell: ({ rows }) => count(rows) },
        { id: 'took', head: t('took'), number: true, cell: ({ durationMs }) => duration(durationMs) },
        { id: 'started', head: t('started'), number: true, cell: ({ startedAt }) => <Time at={startedAt} /> },
        {
          id: 'completeTo',
          head: t('completeTo'),
          number: true,
          cell: ({ completeTo }) => (completeTo === null ? '–' : <Time at={completeTo} />),
        },
      ]}
      rows={runs}
      rowKey={({ name, from, attempt }) => `${name} ${from} ${attempt}`}
    />
  );
}
