import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { PipelineAnswer } from '../api/answers.ts';
import { get } from '../api/client.ts';
import { every } from '../api/query-client.ts';
import { defaultRange } from '../app/search-params.ts';
import { nowMs } from '../clock.ts';
import { duration } from '../format/duration.ts';
import { count, percent, perSecond } from '../format/number.ts';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { CompletenessNote } from '../ui/completeness.tsx';
import { Empty } from '../ui/empty.tsx';
import { Failure } from '../ui/failure.tsx';
import { LastSpan } from '../ui/last-span.tsx';
import { PageLoading } from '../ui/loading.tsx';
import { Table } from '../ui/table.tsx';
import { Time } from '../ui/time.tsx';
import { Bars } from './bars.tsx';
import { Fact } from './fact.tsx';
import { LastAudit } from './last-audit.tsx';
import { type Changes, metrics, type PipelineParams } from './params.ts';
import styles from './pipeline.module.css';

export interface SectionProps {
  readonly params: PipelineParams;
  readonly onChange: (changes: Changes) => void;
}

/** Looked at again while its window goes up to now. */
const refreshMs = 5000;

/** What came through, and where each partition is. */
export function Flow({ params, onChange }: SectionProps) {
  const { t } = useTranslation('pipeline');
  const { from = defaultRange.from, to = defaultRange.to, metric = 'spans', table = false } = params;
  const found = useQuery({
    queryKey: ['pipeline', from, to],
    queryFn: ({ signal }) => get('pipeline', { params: { from, to }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: to === 'now' ? every(refreshMs) : false,
  });
  const answer = found.data;
  if (answer === undefined) {
    return found.isError ? <Failure error={found.error} onRetry={() => void found.refetch()} /> : <PageLoading />;
  }
  const range = { ...(params.from && { from: params.from }), ...(params.to && { to: params.to }) };
  return (
    <>
      {found.isError && <Failure error={found.error} onRetry={() => void found.refetch()} />}
      <Facts answer={answer} range={range} />
      <CompletenessNote completeTo={answer.completeTo} behind={answer.behind} />
      {answer.totals.fragments === 0 ? (
        <Empty title={t('empty')}>
          <p>{t('emptyHelp')}</p>
          <LastSpan window={answer} />
        </Empty>
      ) : (
        <section className={styles.section} aria-labelledby="over-time">
          <div className={styles.head}>
            <h2 id="over-time">{t('chart')}</h2>
            <div className={styles.buttons}>
              {metrics.map((each) => (
                <Button key={each} quiet pressed={each === metric} onClick={() => onChange({ metric: each })}>
                  {t(`metric.${each}`)}
                </Button>
              ))}
              <Button quiet pressed={table} onClick={() => onChange({ table: table ? undefined : true })}>
                {t('asTable')}
              </Button>
            </div>
          </div>
          <Bars answer={answer} metric={metric} asTable={table} />
        </section>
      )}
      <Partitions answer={answer} />
      <div className={styles.columns}>
        <Reasons answer={answer} />
        <LastAudit audit={answer.lastAudit} />
      </div>
    </>
  );
}

type Range = Pick<PipelineParams, 'from' | 'to'>;

function Facts({ answer, range }: { readonly answer: PipelineAnswer; readonly range: Range }) {
  const { t } = useTranslation('pipeline');
  const { partitions, totals, deadLetters } = answer;
  const lags = partitions.flatMap(({ lagSeconds }) => lagSeconds ?? []);
  const onTheWay = partitions.map(({ unfinished, unstored }) =>
    unfinished === null || unstored === null ? null : unfinished + unstored,
  );
  const closed = totals.complete + totals.incomplete;
  const search = (q: string, content: ReactNode) => (
    <Link to="/search" search={{ ...range, q }}>
      {content}
    </Link>
  );
  return (
    <dl className={styles.facts} aria-label={t('facts')}>
      <Fact name={t('fact.lag')} help={t('fact.lagHelp')}>
        {lags.length === 0 ? '–' : duration(Math.max(...lags) * 1000)}
      </Fact>
      <Fact name={t('fact.spans')} help={t('fact.spansHelp')} beside={perSecond(totals.spansPerSecond)}>
        {count(totals.spans)}
      </Fact>
      <Fact name={t('fact.open')} help={t('fact.openHelp')}>
        {onTheWay.includes(null) ? t('fact.unknown') : count(onTheWay.reduce<number>((a, b) => a + (b ?? 0), 0))}
      </Fact>
      <OpenTraces partitions={partitions} />
      <Fact name={t('fact.complete')} help={t('fact.completeHelp')} beside={closed > 0 ? count(totals.complete) : ''}>
        {closed === 0 ? '–' : percent(totals.complete / closed)}
      </Fact>
      <Fact name={t('fact.incomplete')}>
        {totals.incomplete === 0 ? 0 : search('trace.verdict = incomplete', count(totals.incomplete))}
      </Fact>
      <Fact name={t('fact.late')} help={t('fact.lateHelp')}>
        {totals.late === 0 ? 0 : search('trace.fragments > 1', count(totals.late))}
      </Fact>
      <Fact name={t('fact.duplicates')} help={t('fact.duplicatesHelp')}>
        {count(totals.duplicateSpans)}
      </Fact>
      <Fact name={t('fact.dead')} help={t('fact.deadHelp')}>
        {deadLetters === null ? (
          t('fact.unknown')
        ) : deadLetters === 0 ? (
          0
        ) : (
          <Badge tone="bad">{count(deadLetters)}</Badge>
        )}
      </Fact>
    </dl>
  );
}

function OpenTraces({ partitions }: { readonly partitions: PipelineAnswer['partitions'] }) {
  const { t } = useTranslation('pipeline');
  const known = partitions.flatMap(({ open }) => open ?? []);
  const help = t('fact.openTracesHelp');
  if (known.length < partitions.length) {
    return (
      <Fact name={t('fact.openTraces')} help={help}>
        {t('fact.unknown')}
      </Fact>
    );
  }
  const spans = known.reduce((sum, open) => sum + open.spans, 0);
  return (
    <Fact
      name={t('fact.openTraces')}
      help={help}
      beside={spans === 0 ? '' : t('fact.openSpans', { count: spans, shown: count(spans) })}
    >
      {count(known.reduce((sum, open) => sum + open.traces, 0))}
    </Fact>
  );
}

function Partitions({ answer: { partitions } }: { readonly answer: PipelineAnswer }) {
  const { t } = useTranslation('pipeline');
  const offsets = (bounds: { readonly low: number; readonly high: number } | null) =>
    bounds === null ? t('fact.unknown') : `${bounds.low} – ${bounds.high}`;
  return (
    <section className={styles.section}>
      <h2>{t('partitions')}</h2>
      <Table
        label={t('partitions')}
        columns={[
          { id: 'partition', head: t('partition'), number: true, cell: ({ partition }) => partition },
          {
            id: 'watermark',
            head: t('watermark'),
            cell: ({ streamTime }) => (streamTime === null ? t('watermarkNone') : <Time at={streamTime} />),
          },
          {
            id: 'lag',
            head: t('lag'),
            number: true,
            cell: ({ lagSeconds }) => duration(lagSeconds === null ? null : lagSeconds * 1000),
          },
          {
            id: 'unfinished',
            head: t('unfinished'),
            number: true,
            cell: ({ unfinished }) => (unfinished === null ? t('fact.unknown') : count(unfinished)),
          },
          {
            id: 'open',
            head: t('openTraces'),
            number: true,
            cell: ({ open }) => (open === null ? t('fact.unknown') : count(open.traces)),
          },
          {
            id: 'oldest',
            head: t('oldest'),
            number: true,
            cell: ({ open }) => age(open?.oldestAt ?? null),
          },
          {
            id: 'unstored',
            head: t('unstored'),
            number: true,
            cell: ({ unstored }) => (unstored === null ? t('fact.unknown') : count(unstored)),
          },
          { id: 'spans', head: t('spansLog'), number: true, cell: ({ spans }) => offsets(spans) },
          { id: 'traces', head: t('tracesLog'), number: true, cell: ({ traces }) => offsets(traces) },
        ]}
        rows={partitions}
        rowKey={({ partition }) => partition}
      />
    </section>
  );
}

function age(at: string | null): string {
  return at === null ? '–' : duration(Math.max(0, nowMs() - Date.parse(at)));
}

function Reasons({ answer: { reasons } }: { readonly answer: PipelineAnswer }) {
  const { t } = useTranslation('pipeline');
  if (reasons.length === 0) return null;
  return (
    <section className={styles.section}>
      <h2>{t('reasons')}</h2>
      <Table
        label={t('reasons')}
        columns={[
          {
            id: 'reason',
            head: t('reason'),
            cell: ({ reason }) => t(`closeReasons.${reason as 'complete'}`, { ns: 'common' }),
          },
          { id: 'pieces', head: t('pieces'), number: true, cell: ({ fragments }) => count(fragments) },
          { id: 'whole', head: t('whole'), number: true, cell: ({ complete }) => count(complete) },
          { id: 'incomplete', head: t('incomplete'), number: true, cell: ({ incomplete }) => count(incomplete) },
        ]}
        rows={reasons}
        rowKey={({ reason }) => reason}
      />
    </section>
  );
}
