import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import type { StorageAnswer } from '../api/answers.ts';
import { get } from '../api/client.ts';
import { bytes, count, percent } from '../format/number.ts';
import { localeOf } from '../format/time.ts';
import { Button } from '../ui/button.tsx';
import { Empty } from '../ui/empty.tsx';
import { Failure } from '../ui/failure.tsx';
import { PageLoading } from '../ui/loading.tsx';
import { ServiceLabel } from '../ui/service.tsx';
import { type Column, Table } from '../ui/table.tsx';
import type { SectionProps } from './flow.tsx';
import { Fact } from './fact.tsx';
import { storageDays } from './params.ts';
import styles from './pipeline.module.css';
import { rowsByService, type ServiceRow } from './service-rows.ts';

/** What is stored, whose it is, and what it comes to. */
export function Storage({ params, onChange }: SectionProps) {
  const { t } = useTranslation('pipeline');
  const { t: common } = useTranslation();
  const { days = 7, cells = 'bytes' } = params;
  const found = useQuery({
    queryKey: ['storage', days],
    queryFn: ({ signal }) => get('storage', { params: { days }, signal }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
  const answer = found.data;
  return (
    <section className={styles.section} aria-labelledby="storage">
      <div className={styles.head}>
        <h2 id="storage">{t('storage')}</h2>
        <div className={styles.buttons}>
          {storageDays.map((each) => (
            <Button key={each} quiet pressed={each === days} onClick={() => onChange({ days: each })}>
              {common('range.days', { count: each })}
            </Button>
          ))}
        </div>
      </div>
      {found.isError && <Failure error={found.error} onRetry={() => void found.refetch()} />}
      {answer === undefined && !found.isError && <PageLoading />}
      {answer !== undefined && (
        <>
          <Facts answer={answer} days={days} />
          {answer.spanCount === 0 ? (
            <Empty title={t('nothingStored')} />
          ) : (
            <>
              <ServiceDays answer={answer} cells={cells} onCells={(next) => onChange({ cells: next })} />
              <div className={styles.columns}>
                <Attributes answer={answer} />
                <Operations answer={answer} />
              </div>
              <p className={styles.quiet}>
                {t('sampled', { sampled: count(answer.sampledSpans), all: count(answer.spanCount) })}
              </p>
            </>
          )}
          <Tables answer={answer} />
        </>
      )}
    </section>
  );
}

function Facts({ answer, days }: { readonly answer: StorageAnswer; readonly days: number }) {
  const { t } = useTranslation('pipeline');
  const { projection, retention } = answer;
  const based =
    projection === null
      ? ''
      : projection.basedOnDays === 0
        ? t('basedOnToday')
        : t('basedOn', { count: projection.basedOnDays });
  return (
    <>
      <dl className={styles.facts}>
        <Fact name={t('onDisk')}>{bytes(answer.bytesOnDisk)}</Fact>
        <Fact name={t('projected')}>{projection === null ? t('notYet') : bytes(projection.bytesOnDisk)}</Fact>
        <Fact name={t('spansStored', { count: days })}>{count(answer.spanCount)}</Fact>
      </dl>
      {projection !== null && (
        <p className={styles.quiet}>
          {t('projectedHelp', {
            trace: bytes(projection.traceBytesPerDay),
            figures: bytes(projection.figureBytesPerDay),
            traceDays: count(retention.traceDays),
            minuteDays: count(retention.minuteDays),
          })}
          {' · '}
          {based}
        </p>
      )}
    </>
  );
}

type Cells = 'bytes' | 'spans';

interface ServiceDaysProps {
  readonly answer: StorageAnswer;
  readonly cells: Cells;
  readonly onCells: (cells: 'spans' | undefined) => void;
}

function ServiceDays({ answer, cells, onCells }: ServiceDaysProps) {
  const { t, i18n } = useTranslation('pipeline');
  const { t: common } = useTranslation();
  const shown = cells === 'bytes' ? bytes : count;
  // Days of the store are of UTC, wherever the viewer is.
  const date = new Intl.DateTimeFormat(localeOf(i18n.language), {
    month: 'short',
    day: 'numeric',
    timeZone: 'UTC',
  });
  const columns: Column<ServiceRow>[] = [
    {
      id: 'service',
      head: common('service'),
      cell: ({ service }) => (service === null ? t('all') : <ServiceLabel service={service} />),
    },
    { id: 'total', head: t('total'), number: true, cell: (row) => shown(row.total[cells]) },
    ...answer.days.toReversed().map(({ day }): Column<ServiceRow> => ({
      id: day,
      head: date.format(new Date(day)),
      number: true,
      cell: (row) => {
        const found = row.byDay.get(day);
        return found === undefined ? '' : shown(found[cells]);
      },
    })),
  ];
  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <h3>{t('byService')}</h3>
        <div className={styles.buttons}>
          <Button quiet pressed={cells === 'bytes'} onClick={() => onCells(undefined)}>
            {t('cells.bytes')}
          </Button>
          <Button quiet pressed={cells === 'spans'} onClick={() => onCells('spans')}>
            {t('cells.spans')}
          </Button>
        </div>
      </div>
      <Table label={t('byService')} columns={columns} rows={rowsByService(answer.days)} rowKey={({ key }) => key} />
    </section>
  );
}

function Attributes({ answer: { attributes } }: { readonly answer: StorageAnswer }) {
  const { t } = useTranslation('pipeline');
  return (
    <section className={styles.section}>
      <h3>{t('attributes')}</h3>
      <Table
        label={t('attributes')}
        columns={[
          {
            id: 'key',
            head: t('attribute'),
            cell: ({ key }) => (
              <Link to="/search" search={{ q: `exists span.${JSON.stringify(key)}` }}>
                {key}
              </Link>
            ),
          },
          { id: 'spans', head: t('spans'), number: true, cell: ({ spans }) => count(spans) },
          { id: 'bytes', head: t('uncompressed'), number: true, cell: (row) => bytes(row.bytes) },
        ]}
        rows={attributes}
        rowKey={({ key }) => key}
      />
    </section>
  );
}

function Operations({ answer: { operations } }: { readonly answer: StorageAnswer }) {
  const { t } = useTranslation('pipeline');
  const { t: common } = useTranslation();
  return (
    <section className={styles.section}>
      <h3>{t('operations')}</h3>
      <Table
        label={t('operations')}
        columns={[
          {
            id: 'service',
            head: common('service'),
            cell: ({ service }) => <ServiceLabel service={service} />,
          },
          { id: 'operation', head: common('operation'), cell: ({ operation }) => operation },
          { id: 'spans', head: t('spans'), number: true, cell: ({ spans }) => count(spans) },
          { id: 'bytes', head: t('uncompressed'), number: true, cell: (row) => bytes(row.bytes) },
          {
            id: 'each',
            head: t('perSpan'),
            number: true,
            cell: (row) => bytes(Math.round(row.bytes / Math.max(1, row.spans))),
          },
        ]}
        rows={operations}
        rowKey={({ service, operation }) => JSON.stringify([service, operation])}
      />
    </section>
  );
}

function Tables({ answer: { tables, bytesOnDisk } }: { readonly answer: StorageAnswer }) {
  const { t } = useTranslation('pipeline');
  return (
    <section className={styles.section}>
      <h3>{t('tables')}</h3>
      <Table
        label={t('tables')}
        columns={[
          { id: 'table', head: t('table'), cell: ({ table }) => table },
          { id: 'rows', head: t('rows'), number: true, cell: ({ rows }) => count(rows) },
          { id: 'disk', head: t('onDisk'), number: true, cell: (row) => bytes(row.bytesOnDisk) },
          {
            id: 'share',
            head: t('share'),
            number: true,
            cell: (row) => percent(row.bytesOnDisk / Math.max(1, bytesOnDisk)),
          },
          { id: 'raw', head: t('uncompressed'), number: true, cell: (row) => bytes(row.bytesUncompressed) },
        ]}
        rows={tables}
        rowKey={({ table }) => table}
      />
    </section>
  );
}
