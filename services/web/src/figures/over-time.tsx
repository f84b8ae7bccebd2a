import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import type { SeriesAnswer } from '../api/answers.ts';
import { get } from '../api/client.ts';
import { every } from '../api/query-client.ts';
import { defaultRange } from '../app/search-params.ts';
import type { FiguresParams } from '../edge/params.ts';
import { duration } from '../format/duration.ts';
import { count, percent, perSecond } from '../format/number.ts';
import { CompletenessNote } from '../ui/completeness.tsx';
import { Failure } from '../ui/failure.tsx';
import { PageLoading } from '../ui/loading.tsx';
import { type Column, Table } from '../ui/table.tsx';
import { Time } from '../ui/time.tsx';
import { CellTraces } from './cell-traces.tsx';
import { ofAnyDuration } from './exemplars.ts';
import styles from './figures.module.css';
import { HeatmapChart } from './heatmap-chart.tsx';
import { LineChart } from './line-chart.tsx';
import { NoFigures } from './no-figures.tsx';
import { Percentiles, quantileName, quantilesOf } from './percentiles.tsx';
import type { ParamChange } from './use-change.ts';
import { useTheme } from './use-theme.ts';
import './texts.ts';

/** Whose figures: as `/series` and `/heatmap` take it. */
export type Target = Readonly<Record<string, string | undefined>>;

export interface OverTimeProps {
  readonly target: Target;
  readonly params: FiguresParams;
  readonly onChange: (change: ParamChange<FiguresParams>) => void;
  /** What finds the spans behind the figures, with `$duration` where their bounds belong; null where nothing does. */
  readonly exemplars: string | null;
}

/** A window that ends now moves with the clock. */
const refetchMs = 30_000;

/** Percentiles, calls, errors and the heatmap of one thing over a window. */
export function OverTime({ target, params, onChange, exemplars }: OverTimeProps) {
  const { from = defaultRange.from, to = defaultRange.to, environment } = params;
  const quantiles = quantilesOf(params.quantiles);
  const asked = { ...target, from, to, environment };
  // A canvas is drawn in the colours of its theme: in another, it begins anew.
  const theme = useTheme();
  const live = to === 'now' ? { refetchInterval: every(refetchMs) } : {};
  const series = useQuery({
    queryKey: ['series', asked, quantiles],
    queryFn: ({ signal }) => get('series', { params: { ...asked, quantiles: quantiles.join(',') }, signal }),
    placeholderData: keepPreviousData,
    ...live,
  });
  const heatmap = useQuery({
    queryKey: ['heatmap', asked],
    queryFn: ({ signal }) => get('heatmap', { params: asked, signal }),
    placeholderData: keepPreviousData,
    ...live,
  });
  const failed = [series, heatmap].filter(({ isError }) => isError);
  if (failed[0] !== undefined)
    return <Failure error={failed[0].error} onRetry={() => failed.forEach(({ refetch }) => void refetch())} />;
  if (series.data === undefined || heatmap.data === undefined) return <PageLoading />;
  if (series.data.columns.every(({ calls }) => calls === 0)) {
    return (
      <NoFigures
        window={series.data}
        spans={exemplars === null ? undefined : ofAnyDuration(exemplars)}
        environment={environment}
      />
    );
  }
  return (
    <>
      <Percentiles quantiles={quantiles} onChange={(quantiles) => onChange({ quantiles })} />
      <Charts key={`lines ${theme}`} series={series.data} quantiles={quantiles} />
      <Heatmap
        key={`heatmap ${theme}`}
        answer={heatmap.data}
        params={params}
        onChange={onChange}
        exemplars={exemplars}
      />
      <Steps
        series={series.data}
        quantiles={quantiles}
        open={params.table === true}
        onOpen={(open) => onChange({ table: open ? true : undefined })}
      />
      <CompletenessNote {...series.data} />
    </>
  );
}

function Charts({ series, quantiles }: { readonly series: SeriesAnswer; readonly quantiles: readonly number[] }) {
  const { t } = useTranslation('figures');
  const times = useMemo(() => series.columns.map(({ time }) => Date.parse(time)), [series]);
  const lines = useMemo(
    () => ({
      durations: quantiles.map((quantile) => ({
        name: quantileName(quantile),
        values: series.columns.map(({ durationMs }) => durationMs?.[quantileName(quantile)] ?? null),
      })),
      calls: [{ name: t('rate'), values: series.columns.map(({ callsPerSecond }) => callsPerSecond) }],
      errors: [{ name: t('errorRate'), values: series.columns.map(({ errorRate }) => errorRate) }],
    }),
    [series, quantiles, t],
  );
  const common = {
    times,
    completeToMs: series.completeTo === null ? null : Date.parse(series.completeTo),
    fromMs: Date.parse(series.from),
    toMs: Date.parse(series.to),
  };
  return (
    <div className={styles.charts}>
      <LineChart {...common} title={t('chart.durations')} lines={lines.durations} format={duration} />
      <LineChart {...common} title={t('chart.calls')} lines={lines.calls} format={perSecond} />
      <LineChart {...common} title={t('chart.errors')} lines={lines.errors} format={percent} />
    </div>
  );
}

function Heatmap({
  answer,
  params,
  onChange,
  exemplars,
}: Pick<OverTimeProps, 'params' | 'onChange' | 'exemplars'> & {
  readonly answer: Parameters<typeof HeatmapChart>[0]['answer'];
}) {
  const { t } = useTranslation('figures');
  const { cell, minMs, maxMs } = params;
  const chosen = useMemo(() => {
    const timeMs = Date.parse(cell ?? '');
    const bounds = [Number(minMs), Number(maxMs)] as const;
    return Number.isNaN(timeMs) || bounds.some(Number.isNaN) ? null : { timeMs, minMs: bounds[0], maxMs: bounds[1] };
  }, [cell, minMs, maxMs]);
  return (
    <section className={styles.card}>
      <h2>
        {t('chart.heatmap')}
        <span className={styles.legend}>{t('growing')}</span>
      </h2>
      <HeatmapChart
        answer={answer}
        chosen={chosen}
        onChoose={({ timeMs, minMs, maxMs }) =>
          onChange({ cell: new Date(timeMs).toISOString(), minMs: String(minMs), maxMs: String(maxMs) })
        }
      />
      {chosen !== null && (
        <CellTraces
          cell={chosen}
          stepMs={answer.stepSeconds * 1000}
          query={exemplars}
          column={answer.columns.find(({ time }) => Date.parse(time) === chosen.timeMs)}
        />
      )}
    </section>
  );
}

function startOf({ time }: { readonly time: string }) {
  return <Time at={time} />;
}

interface StepsProps {
  readonly series: SeriesAnswer;
  readonly quantiles: readonly number[];
  readonly open: boolean;
  readonly onOpen: (open: boolean) => void;
}

/** The figures of the charts, for reading. */
function Steps({ series, quantiles, open, onOpen }: StepsProps) {
  const { t } = useTranslation('figures');
  const { t: common } = useTranslation();
  type Step = SeriesAnswer['columns'][number];
  const columns: readonly Column<Step>[] = [
    { id: 'time', head: t('time'), cell: startOf },
    { id: 'calls', head: common('calls'), number: true, cell: ({ calls }) => count(calls) },
    { id: 'rate', head: t('rate'), number: true, cell: ({ callsPerSecond }) => perSecond(callsPerSecond) },
    { id: 'errors', head: common('errors'), number: true, cell: ({ errors }) => count(errors) },
    {
      id: 'errorRate',
      head: t('errorRate'),
      number: true,
      cell: ({ errorRate }) => (errorRate === null ? '–' : percent(errorRate)),
    },
    ...quantiles.map((quantile) => ({
      id: quantileName(quantile),
      head: quantileName(quantile),
      number: true,
      cell: ({ durationMs }: Step) => duration(durationMs?.[quantileName(quantile)]),
    })),
  ];
  return (
    <details
      className={styles.details}
      open={open}
      onToggle={({ currentTarget }) => {
        if (currentTarget.open !== open) onOpen(currentTarget.open);
      }}
    >
      <summary>{t('asTable')}</summary>
      <Table
        label={t('asTable')}
        columns={columns}
        rows={series.columns.filter(({ calls }) => calls > 0)}
        rowKey={({ time }) => time}
      />
    </details>
  );
}
