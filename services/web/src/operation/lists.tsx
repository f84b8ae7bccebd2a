import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import type { EdgesAnswer, OperationsAnswer } from '../api/answers.ts';
import { get } from '../api/client.ts';
import { every } from '../api/query-client.ts';
import { defaultRange } from '../app/search-params.ts';
import { edgeKinds } from '../edge/params.ts';
import { serviceSpans } from '../figures/exemplars.ts';
import styles from '../figures/figures.module.css';
import { NoFigures } from '../figures/no-figures.tsx';
import type { ParamChange } from '../figures/use-change.ts';
import { duration } from '../format/duration.ts';
import { count, percent } from '../format/number.ts';
import { CompletenessNote } from '../ui/completeness.tsx';
import { Failure } from '../ui/failure.tsx';
import { PageLoading } from '../ui/loading.tsx';
import { hasSeveral, type Service } from '../format/service.ts';
import { ServiceLabel } from '../ui/service.tsx';
import { type Column, Table } from '../ui/table.tsx';
import { useAnswered } from '../ui/use-answered.ts';
import type { OperationsParams } from './params.ts';

export interface ListsProps {
  readonly params: OperationsParams;
  readonly onChange: (change: ParamChange<OperationsParams>) => void;
}

type OperationRow = OperationsAnswer['operations'][number];
type EdgeRow = EdgesAnswer['edges'][number];

/** More rows are not read. */
const limit = 500;
/** All edges of a store: those of one service are taken out of them here. */
const edgeLimit = 10_000;
const refetchMs = 30_000;

/** Operations of a service or of all, and its calls: the API sorts, over the whole window. */
export function Lists({ params, onChange }: ListsProps) {
  const { t } = useTranslation('edge');
  const { from = defaultRange.from, to = defaultRange.to, service, environment, by: sort = 'calls' } = params;
  const live = { placeholderData: keepPreviousData, ...(to === 'now' ? { refetchInterval: every(refetchMs) } : {}) };
  const operationsKey = ['operations', from, to, service, environment, sort];
  const operations = useQuery({
    queryKey: operationsKey,
    queryFn: ({ signal }) => get('operations', { params: { from, to, service, environment, sort, limit }, signal }),
    ...live,
  });
  const edgesKey = ['edges', from, to, environment, sort];
  const edges = useQuery({
    queryKey: edgesKey,
    queryFn: ({ signal }) => get('edges', { params: { from, to, environment, sort, limit: edgeLimit }, signal }),
    ...live,
  });
  const answered = {
    operations: useAnswered(operationsKey, operations),
    edges: useAnswered(edgesKey, edges),
    // What the lists are of, however sorted: with it their lengths change.
    lists: useAnswered([from, to, service, environment], operations),
  };
  const failed = [operations, edges].filter(({ isError }) => isError);
  if (failed[0] !== undefined)
    return <Failure error={failed[0].error} onRetry={() => failed.forEach(({ refetch }) => void refetch())} />;
  if (operations.data === undefined || edges.data === undefined) return <PageLoading />;
  const calls = edges.data.edges
    .filter(({ client, server }) => service === undefined || client?.name === service || server.name === service)
    .slice(0, limit);
  if (operations.data.operations.length === 0 && calls.length === 0) {
    return (
      <NoFigures
        window={operations.data}
        spans={service === undefined ? undefined : serviceSpans(service, environment)}
        environment={environment}
      />
    );
  }
  const sorted = {
    sort,
    onSort: (id: string) => onChange({ by: (['calls', 'errors', 'duration'] as const).find((each) => each === id) }),
  };
  return (
    <div key={answered.lists} className={styles.sections}>
      <Operations rows={operations.data.operations} answered={answered.operations} params={params} {...sorted} />
      {operations.data.operations.length === limit && <p className={styles.note}>{t('cut', { count: limit })}</p>}
      <section>
        <h2>{service === undefined ? t('edges') : t('edgesOf')}</h2>
        {calls.length === 0 ? (
          <p className={styles.note}>{t('noCalls')}</p>
        ) : (
          <Edges rows={calls} answered={answered.edges} params={params} {...sorted} />
        )}
      </section>
      <CompletenessNote {...operations.data} />
    </div>
  );
}

interface SortedRows<Row> {
  readonly rows: readonly Row[];
  readonly answered: string;
  readonly params: OperationsParams;
  readonly sort: string;
  readonly onSort: (id: string) => void;
}

/** Where a row leads: to the environment that it is of, where there are several. */
function windowOf(params: OperationsParams, of: Service | null) {
  const { from, to } = params;
  const environment = params.environment ?? of?.environment;
  return { ...(from && { from }), ...(to && { to }), ...(environment && { environment }) };
}

function Operations({ rows, params, ...sorted }: SortedRows<OperationRow>) {
  const { t } = useTranslation('edge');
  const several = hasSeveral(rows.map(({ service }) => service));
  const columns = useOperationColumns(params, several);
  return (
    <Table
      label={t('operationsTitle')}
      columns={columns}
      rows={rows}
      rowKey={({ service, operation, kind }) => JSON.stringify([service, operation, kind])}
      {...sorted}
    />
  );
}

function useOperationColumns(params: OperationsParams, several: boolean): readonly Column<OperationRow>[] {
  const { t } = useTranslation('edge');
  const { t: common } = useTranslation();
  const { t: figures } = useTranslation('figures');
  const name = ({ service, operation }: OperationRow) => (
    <Link to="/operation" search={{ ...windowOf(params, several ? service : null), service: service.name, operation }}>
      {operation}
    </Link>
  );
  const service: Column<OperationRow> = {
    id: 'service',
    head: common('service'),
    cell: ({ service }) => <ServiceLabel service={service} environment={several} />,
  };
  return [
    ...(params.service === undefined || several ? [service] : []),
    { id: 'operation', head: common('operation'), cell: name },
    { id: 'kind', head: common('kind'), cell: ({ kind }) => kind },
    { id: 'calls', head: common('calls'), number: true, sorts: true, cell: ({ calls }) => count(calls) },
    { id: 'errors', head: common('errors'), number: true, sorts: true, cell: ({ errors }) => count(errors) },
    {
      id: 'rate',
      head: figures('errorRate'),
      number: true,
      cell: ({ calls, errors }) => percent(errors / Math.max(1, calls)),
    },
    { id: 'began', head: t('began'), number: true, cell: ({ originErrors }) => count(originErrors) },
    ...percentileColumns(({ durationMs }: OperationRow) => durationMs),
    { id: 'self', head: t('selfTime'), number: true, cell: ({ selfTimeMs }) => duration(selfTimeMs) },
    { id: 'critical', head: t('critical'), number: true, cell: ({ criticalPathMs }) => duration(criticalPathMs) },
  ];
}

/** Sorted by the highest of them, as the API does. */
function percentileColumns<Row>(
  durationsOf: (row: Row) => Readonly<Record<string, number>> | null,
): readonly Column<Row>[] {
  return (['p50', 'p95', 'p99'] as const).map((name) => ({
    id: name === 'p99' ? 'duration' : name,
    head: name,
    number: true,
    sorts: name === 'p99',
    cell: (row) => duration(durationsOf(row)?.[name]),
  }));
}

function Edges({ rows, params, ...sorted }: SortedRows<EdgeRow>) {
  const { t } = useTranslation('edge');
  const several = hasSeveral(rows.flatMap(({ client, server }) => [client, server]));
  const columns = useEdgeColumns(params, several);
  return (
    <Table
      label={t('edges')}
      columns={columns}
      rows={rows}
      rowKey={({ client, server, kind }) => JSON.stringify([client, server, kind])}
      {...sorted}
    />
  );
}

function useEdgeColumns(params: OperationsParams, several: boolean): readonly Column<EdgeRow>[] {
  const { t } = useTranslation('edge');
  const { t: common } = useTranslation();
  const { t: figures } = useTranslation('figures');
  const kindOf = (kind: string) => edgeKinds.find((each) => each === kind);
  const link = ({ client, server, kind }: EdgeRow) => {
    const known = kindOf(kind);
    const search = {
      ...windowOf(params, several ? server : null),
      ...(client === null ? {} : { client: client.name }),
      server: server.name,
      ...(known === undefined ? {} : { kind: known }),
    };
    return (
      <Link to="/edge" search={search}>
        <ServiceLabel service={client} environment={several} /> →{' '}
        <ServiceLabel service={server} environment={several} />
      </Link>
    );
  };
  const kindName = ({ kind }: EdgeRow) => {
    const known = kindOf(kind);
    return known === undefined ? kind : common(`kinds.${known}`);
  };
  const errorsOf = ({ clientErrors, serverErrors }: EdgeRow) => Math.max(clientErrors, serverErrors);
  return [
    { id: 'edge', head: `${t('from')} → ${t('to')}`, cell: link },
    { id: 'kind', head: common('kind'), cell: kindName },
    { id: 'calls', head: common('calls'), number: true, sorts: true, cell: ({ calls }) => count(calls) },
    { id: 'errors', head: common('errors'), number: true, sorts: true, cell: (edge) => count(errorsOf(edge)) },
    {
      id: 'rate',
      head: figures('errorRate'),
      number: true,
      cell: (edge) => percent(errorsOf(edge) / Math.max(1, edge.calls)),
    },
    ...percentileColumns(({ clientDurationMs, serverDurationMs }: EdgeRow) => clientDurationMs ?? serverDurationMs),
  ];
}
