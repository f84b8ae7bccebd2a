import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { type Column, Table } from '../ui/table.tsx';
import { duration } from '../format/duration.ts';
import { count, percent } from '../format/number.ts';
import { errorRate, type MapEdge, type MapGraph, type MapNode } from './graph/graph.ts';
import styles from './map.module.css';
import { kindName, nodeName } from './naming.ts';

type FigureColumn = 'calls' | 'errors' | 'rate' | 'p50' | 'p95' | 'p99';
const figureColumns: readonly FigureColumn[] = ['calls', 'errors', 'rate', 'p50', 'p95', 'p99'];

export interface TablesProps {
  readonly graph: MapGraph;
  readonly sort: string;
  readonly up: boolean;
  readonly onSort: (sort: string, up: boolean) => void;
  readonly onNode: (key: string) => void;
  readonly onEdge: (key: string) => void;
}

/** What the map draws, nothing folded, as two tables that every head sorts; a second time the other way round. */
export function Tables({ graph, sort, up, onSort, onNode, onEdge }: TablesProps) {
  const { t } = useTranslation('map');
  const names = useMemo(() => new Map(graph.nodes.map((node) => [node.key, nodeName(node, t)])), [graph, t]);
  const nameOf = (key: string) => names.get(key) ?? key;
  const nodeColumns = useNodeColumns(nameOf, onNode);
  const edgeColumns = useEdgeColumns(nameOf, onEdge);
  const isText = sort === 'name' || sort === 'type';
  const sorted = { sort, ascending: up !== isText, onSort: (id: string) => onSort(id, id === sort && !up) };
  const textOf = (row: MapNode | MapEdge, id: string) => {
    if (!('from' in row)) return id === 'type' ? t(`types.${row.type}`) : nameOf(row.key);
    return id === 'type' ? row.kind : `${nameOf(row.from)} ${nameOf(row.to)}`;
  };
  const inOrder = <Row extends MapNode | MapEdge>(rows: readonly Row[]) => sortRows(rows, sort, up, textOf);
  return (
    <div className={styles.tables}>
      <section>
        <h2>{t('nodesTable')}</h2>
        <Table
          label={t('nodesTable')}
          columns={nodeColumns}
          rows={inOrder(graph.nodes.filter(({ type }) => type !== 'outside'))}
          rowKey={({ key }) => key}
          {...sorted}
        />
      </section>
      <section>
        <h2>{t('edgesTable')}</h2>
        <Table
          label={t('edgesTable')}
          columns={edgeColumns}
          rows={inOrder(graph.edges)}
          rowKey={({ key }) => key}
          {...sorted}
        />
      </section>
    </div>
  );
}

type NameOf = (key: string) => string;

function useNodeColumns(nameOf: NameOf, onNode: TablesProps['onNode']): readonly Column<MapNode>[] {
  const { t } = useTranslation('map');
  const open = ({ key }: MapNode) => (
    <button type="button" className={styles.link} onClick={() => onNode(key)}>
      {nameOf(key)}
    </button>
  );
  return [
    { id: 'name', head: t('name'), sorts: true, cell: open },
    { id: 'type', head: t('type'), sorts: true, cell: ({ type }) => t(`types.${type}`) },
    ...useFigureColumns<MapNode>(),
  ];
}

function useEdgeColumns(nameOf: NameOf, onEdge: TablesProps['onEdge']): readonly Column<MapEdge>[] {
  const { t } = useTranslation('map');
  const { t: common } = useTranslation();
  const open = ({ key, from, to }: MapEdge) => (
    <button type="button" className={styles.link} onClick={() => onEdge(key)}>
      {nameOf(from)} → {nameOf(to)}
    </button>
  );
  return [
    { id: 'name', head: `${t('from')} → ${t('to')}`, sorts: true, cell: open },
    { id: 'type', head: common('kind'), sorts: true, cell: ({ kind }) => kindName(kind, common) },
    ...useFigureColumns<MapEdge>(),
  ];
}

function useFigureColumns<Row extends MapNode | MapEdge>(): readonly Column<Row>[] {
  const { t } = useTranslation();
  const { t: figures } = useTranslation('figures');
  const heads = { calls: t('calls'), errors: t('errors'), rate: figures('errorRate') };
  return figureColumns.map((id) => ({
    id,
    head: id === 'calls' || id === 'errors' || id === 'rate' ? heads[id] : id,
    number: true,
    sorts: true,
    cell: (row) => {
      const value = figureOf(row, id);
      if (id === 'rate') return percent(value);
      return id === 'calls' || id === 'errors' ? count(value) : duration(value < 0 ? null : value);
    },
  }));
}

/** −1 where there is none: behind everything. */
function figureOf(row: MapNode | MapEdge, id: FigureColumn): number {
  if (id === 'calls') return row.calls;
  if (id === 'errors') return row.errors;
  return id === 'rate' ? errorRate(row) : (row.durationMs?.[id] ?? -1);
}

function sortRows<Row extends MapNode | MapEdge>(
  rows: readonly Row[],
  sort: string,
  up: boolean,
  textOf: (row: Row, id: string) => string,
): readonly Row[] {
  const figure = figureColumns.find((id) => id === sort);
  const down = (a: Row, b: Row) =>
    figure === undefined ? textOf(a, sort).localeCompare(textOf(b, sort)) : figureOf(b, figure) - figureOf(a, figure);
  return rows.toSorted((a, b) => (up ? -1 : 1) * down(a, b) || (a.key < b.key ? -1 : 1));
}
