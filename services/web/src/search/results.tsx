import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';

import { duration } from '../format/duration.ts';
import { count } from '../format/number.ts';
import { serviceFill } from '../format/service.ts';
import { useShortcuts } from '../keyboard/keyboard.tsx';
import { ServiceLabel } from '../ui/service.tsx';
import { type Column, Table } from '../ui/table.tsx';
import { Time } from '../ui/time.tsx';
import type { FoundParams } from './found.ts';
import { listQuery } from './neighbours.ts';
import type { Sort } from './params.ts';
import { type TraceSummary, traceQuery } from './queries.ts';
import styles from './results.module.css';
import { Verdict } from './verdict.tsx';

export interface ResultsProps {
  readonly label: string;
  readonly traces: readonly TraceSummary[];
  /** The list that they are, for the links to them; without it while it is not known. */
  readonly found?: FoundParams;
  /** What they answer. */
  readonly answered?: string;
  /** Without a handler the heads do not sort. */
  readonly sort?: Sort;
  readonly onSort?: (sort: Sort) => void;
  /** Beside other things: without the services. */
  readonly compact?: boolean;
}

/** A row for each trace: j and k go from one to the next, and the trace of the row in focus is loaded ahead. */
export function Results({ label, traces, found, answered, sort, onSort, compact = false }: ResultsProps) {
  const { t } = useTranslation(['search', 'common']);
  const navigate = useNavigate();
  const box = useRef<HTMLDivElement>(null);
  useRowKeys(box);
  const client = useQueryClient();
  useEffect(() => {
    if (found === undefined) return;
    client.setQueryData(
      listQuery(found).queryKey,
      traces.map(({ traceId }) => traceId),
    );
  }, [client, found, traces]);
  const longestMs = Math.max(...traces.map(({ durationMs }) => durationMs), 0);
  const columns = useMemo(() => columnsOf({ t, longestMs, found }), [t, longestMs, found]);
  const shown = columns
    .filter(({ id }) => !compact || id !== 'services')
    .map((column) => (onSort === undefined ? { ...column, sorts: false } : column));
  return (
    <div ref={box} className={`${styles.results} ${compact ? styles.compact : ''}`}>
      <Table
        label={label}
        columns={shown}
        rows={traces}
        rowKey={({ traceId }) => traceId}
        onRowClick={({ traceId }) => void navigate({ to: '/trace/$traceId', params: { traceId }, search: found ?? {} })}
        {...(answered === undefined ? {} : { answered })}
        {...(sort === undefined ? {} : { sort })}
        {...(onSort === undefined ? {} : { onSort: (id: string) => onSort(id as Sort) })}
      />
    </div>
  );
}

interface Told {
  readonly t: TFunction<readonly ['search', 'common']>;
  readonly longestMs: number;
  readonly found: FoundParams | undefined;
}

function columnsOf({ t, longestMs, found = {} }: Told): readonly Column<TraceSummary>[] {
  return [
    { id: 'start', head: t('results.start'), sorts: true, cell: ({ startTime }) => <Time at={startTime} /> },
    { id: 'trace', head: t('results.trace'), cell: (trace) => <TraceLink trace={trace} found={found} /> },
    {
      id: 'duration',
      head: t('common:duration'),
      sorts: true,
      number: true,
      cell: ({ durationMs }) => <DurationBar ms={durationMs} part={durationMs / (longestMs || 1)} />,
    },
    { id: 'spans', head: t('results.spans'), sorts: true, number: true, cell: ({ spanCount }) => count(spanCount) },
    { id: 'services', head: t('results.services'), cell: ({ services }) => <Services names={services} /> },
    { id: 'errors', head: t('results.verdict'), sorts: true, cell: (trace) => <Verdict trace={trace} /> },
  ];
}

function TraceLink({ trace: { traceId, root }, found }: { readonly trace: TraceSummary; readonly found: FoundParams }) {
  const { t } = useTranslation(['search', 'common']);
  const client = useQueryClient();
  return (
    <Link
      to="/trace/$traceId"
      params={{ traceId }}
      search={found}
      className={styles.link}
      data-row
      onFocus={() => void client.prefetchQuery(traceQuery(traceId))}
    >
      {root === null ? (
        <span className={styles.quiet}>{t('results.noRoot')}</span>
      ) : (
        <>
          <ServiceLabel service={root.service} />
          <span className={styles.operation} title={root.operation}>
            {root.operation || t('common:unnamed')}
          </span>
        </>
      )}
    </Link>
  );
}

/** Beside the figure a bar of its part of the longest in the list. */
function DurationBar({ ms, part }: { readonly ms: number; readonly part: number }) {
  return (
    <span className={styles.duration}>
      <span className={styles.track} aria-hidden>
        <span style={{ width: `${Math.max(2, part * 100)}%` }} />
      </span>
      <span className={styles.figure}>{duration(ms)}</span>
    </span>
  );
}

const maxSwatches = 6;

function Services({ names }: { readonly names: readonly string[] }) {
  return (
    <span className={styles.services} title={names.join(', ')}>
      <span aria-hidden className={styles.swatches}>
        {names.slice(0, maxSwatches).map((name) => (
          <span key={name} style={{ background: serviceFill(name) }} />
        ))}
      </span>
      {names.length}
    </span>
  );
}

/** Rows by key, as people know it from mail: j down, k up. */
function useRowKeys(box: { readonly current: HTMLElement | null }): void {
  const { t } = useTranslation(['search', 'common']);
  const go = (step: 1 | -1) => {
    const rows = [...(box.current?.querySelectorAll<HTMLElement>('a[data-row]') ?? [])];
    const at = rows.findIndex((row) => row === document.activeElement);
    const row = at < 0 ? rows[step === 1 ? 0 : rows.length - 1] : rows[at + step];
    row?.focus();
    row?.scrollIntoView({ block: 'nearest' });
  };
  useShortcuts([
    { keys: ['j', 'ArrowDown'], label: t('keys.down'), run: () => go(1) },
    { keys: ['k', 'ArrowUp'], label: t('keys.up'), run: () => go(-1) },
  ]);
}
