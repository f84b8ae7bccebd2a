import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';

import type { Answers } from '../../api/answers.ts';
import { duration } from '../../format/duration.ts';
import { count, percent } from '../../format/number.ts';
import type { Service } from '../../format/service.ts';
import { ServiceLabel } from '../../ui/service.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import styles from './landing-page.module.css';

type Graph = Answers['graph'];

export interface SlowestEdgesProps {
  readonly graph: Pick<Graph, 'nodes' | 'edges'>;
  /** As the graph was asked for. */
  readonly from: string;
}

const shownEdges = 12;

/** The calls that take longest, as their callers see them. */
export function SlowestEdges({ graph, from }: SlowestEdgesProps) {
  const { t } = useTranslation(['search', 'common']);
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const rows = graph.edges
    .flatMap((edge) => {
      const [client, server] = [edge.from === null ? null : nodes.get(edge.from), nodes.get(edge.to)];
      return client === undefined || server === undefined || edge.durationMs === null
        ? []
        : [{ ...edge, client: client?.service ?? null, server: server.service }];
    })
    .toSorted((a, b) => (b.durationMs?.['p95'] ?? 0) - (a.durationMs?.['p95'] ?? 0))
    .slice(0, shownEdges);
  return (
    <Table
      label={t('landing.edges')}
      columns={columnsOf(t, from)}
      rows={rows}
      rowKey={(row) => `${row.from} ${row.to} ${row.kind}`}
    />
  );
}

type Row = Graph['edges'][number] & { readonly client: Service | null; readonly server: Service };

function columnsOf(t: TFunction<readonly ['search', 'common']>, from: string): readonly Column<Row>[] {
  return [
    {
      id: 'edge',
      head: t('landing.call'),
      cell: ({ client, server, kind }) => (
        <Link
          className={styles.edge}
          // The page of an edge knows its own parameters.
          {...({ to: '/edge', search: { from, client: client?.name, server: server.name, kind } } as unknown as {
            to: '/edge';
          })}
        >
          <ServiceLabel service={client} />
          {' → '}
          <ServiceLabel service={server} />
        </Link>
      ),
    },
    { id: 'p95', head: 'p95', number: true, cell: ({ durationMs }) => duration(durationMs?.['p95']) },
    { id: 'calls', head: t('common:calls'), number: true, cell: ({ calls }) => count(calls) },
    {
      id: 'errors',
      head: t('common:errors'),
      number: true,
      cell: ({ calls, errors }) =>
        errors === 0 ? '' : <span className={styles.errors}>✕ {percent(errors / Math.max(1, calls))}</span>,
    },
    {
      id: 'slowest',
      head: t('landing.slowest'),
      number: true,
      cell: ({ slowest }) =>
        slowest === null ? (
          ''
        ) : (
          <Link to="/trace/$traceId" params={{ traceId: slowest.traceId }}>
            {duration(slowest.durationMs)}
          </Link>
        ),
    },
  ];
}
