import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { get } from '../api/client.ts';
import { Failure } from '../ui/failure.tsx';
import { PageLoading } from '../ui/loading.tsx';
import { type Column, Table } from '../ui/table.tsx';
import styles from './rollups.module.css';
import { windowText } from './window-text.ts';

type Line = Readonly<Record<string, unknown>>;

/** The newest result of a rollup, with whatever columns its SQL gives. */
export function Results({ name }: { readonly name: string }) {
  const { t } = useTranslation('rollups');
  const found = useQuery({
    queryKey: ['rollups/results', name],
    queryFn: ({ signal }) => get('rollups/results', { params: { name }, signal }),
  });
  if (found.isError) return <Failure error={found.error} onRetry={() => void found.refetch()} />;
  if (found.data === undefined) return <PageLoading />;
  if (found.data.results.length === 0) return <p>{t('noResult')}</p>;
  return found.data.results.map((result) => (
    <section key={result.from} className={styles.section}>
      <h2>{t('result', { window: windowText(result) })}</h2>
      {result.lines.length === 0 ? (
        <p>{t('emptyResult')}</p>
      ) : (
        <Table
          label={t('result', { window: windowText(result) })}
          columns={columnsOf(result.lines)}
          rows={result.lines.map((line, at) => ({ at, line }))}
          rowKey={({ at }) => at}
        />
      )}
    </section>
  ));
}

function columnsOf(lines: readonly Line[]): Column<{ readonly line: Line }>[] {
  return Object.keys(lines[0] ?? {}).map((id) => ({
    id,
    head: id,
    number: typeof lines[0]?.[id] === 'number',
    cell: ({ line }) => cellText(line[id]),
  }));
}

function cellText(value: unknown): string {
  if (typeof value === 'number') return value.toLocaleString('en', { maximumSignificantDigits: 6 });
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
