import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { duration } from '../format/duration.ts';
import { count, percent } from '../format/number.ts';
import { ServiceLabel } from '../ui/service.tsx';
import { type Column, Table } from '../ui/table.tsx';
import {
  criticalByService,
  type OperationFigures,
  operationsOf,
  type OperationSort,
  type ServiceFigures,
} from './model/figures.ts';
import styles from './trace.module.css';
import type { View } from './view-model.ts';

type Texts = TFunction<'trace'>;

/** Where the time went: by service along the critical path, and by operation. */
export function OperationsView({ view }: { readonly view: View }) {
  const { t } = useTranslation('trace');
  const { tree, timing, params, change } = view;
  const sort = params.sort ?? 'critical';
  const services = useMemo(() => criticalByService(tree, timing), [tree, timing]);
  const operations = useMemo(() => operationsOf(tree, timing, sort), [tree, timing, sort]);
  const wholeMs = services.reduce((sum, { criticalMs }) => sum + criticalMs, 0);
  return (
    <div className={styles.tables}>
      <section>
        <h2>{t('criticalByService')}</h2>
        <Table
          label={t('criticalByService')}
          columns={serviceColumns(t)}
          rows={services}
          rowKey={({ service }) => service}
        />
        <p className={styles.quiet}>{t('criticalSum', { sum: duration(wholeMs) })}</p>
      </section>
      <section>
        <h2>{t('views.operations')}</h2>
        <Table
          label={t('views.operations')}
          columns={operationColumns(t)}
          rows={operations}
          rowKey={({ service, operation, kind }) => `${service}\n${operation}\n${kind}`}
          sort={sort}
          onSort={(id) => change({ sort: id as OperationSort })}
        />
      </section>
    </div>
  );
}

function operationColumns(t: Texts): readonly Column<OperationFigures>[] {
  const number = (id: OperationSort, cell: (row: OperationFigures) => string): Column<OperationFigures> => ({
    id,
    head: t(`columns.${id}`),
    cell,
    number: true,
    sorts: true,
  });
  return [
    { id: 'service', head: t('service', { ns: 'common' }), cell: ({ service }) => <ServiceLabel service={service} /> },
    { id: 'operation', head: t('operation', { ns: 'common' }), cell: ({ operation }) => operation },
    { id: 'kind', head: t('kind', { ns: 'common' }), cell: ({ kind }) => t(`kinds.${kind}`) },
    number('calls', ({ calls }) => count(calls)),
    number('errors', ({ errors }) => (errors === 0 ? '' : count(errors))),
    number('total', ({ totalMs }) => duration(totalMs)),
    number('max', ({ maxMs }) => duration(maxMs)),
    number('self', ({ selfMs }) => duration(selfMs)),
    number('critical', ({ criticalMs }) => duration(criticalMs)),
  ];
}

function serviceColumns(t: Texts): readonly Column<ServiceFigures>[] {
  return [
    { id: 'service', head: t('service', { ns: 'common' }), cell: ({ service }) => <ServiceLabel service={service} /> },
    { id: 'spans', head: t('columns.calls'), cell: ({ spans }) => count(spans), number: true },
    { id: 'critical', head: t('columns.critical'), cell: ({ criticalMs }) => duration(criticalMs), number: true },
    { id: 'share', head: t('columns.share'), cell: ({ share }) => percent(share), number: true },
  ];
}
