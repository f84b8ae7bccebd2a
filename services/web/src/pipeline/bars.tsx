import { useId } from 'react';
import { useTranslation } from 'react-i18next';

import type { PipelineAnswer } from '../api/answers.ts';
import { nowMs } from '../clock.ts';
import { duration } from '../format/duration.ts';
import { count } from '../format/number.ts';
import { localTime } from '../format/time.ts';
import { type Column, Table } from '../ui/table.tsx';
import { Time } from '../ui/time.tsx';
import type { Metric } from './params.ts';
import styles from './pipeline.module.css';

export interface BarsProps {
  readonly answer: PipelineAnswer;
  readonly metric: Metric;
  readonly asTable: boolean;
}

type Step = PipelineAnswer['columns'][number];

/** A bar for each step; what they come to is written below. What is later than everything is counted to is hatched: it still grows. */
export function Bars({ answer, metric, asTable }: BarsProps) {
  const { t, i18n } = useTranslation('pipeline');
  const hatch = useId();
  const { columns, stepSeconds, completeTo } = answer;
  const step = duration(stepSeconds * 1000);
  const most = Math.max(1, ...columns.map((column) => column[metric]));
  const isFilling = ({ time }: Step) =>
    completeTo === null || Date.parse(time) + stepSeconds * 1000 > Date.parse(completeTo);
  const name = t(`metric.${metric}`);
  if (asTable) return <StepTable answer={answer} />;
  const [first, last] = [columns[0], columns.at(-1)];
  return (
    <div>
      <svg aria-hidden className={styles.bars} viewBox={`0 0 ${columns.length} 100`} preserveAspectRatio="none">
        <defs>
          <pattern id={hatch} width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="scale(0.05 1)">
            <path d="M0 4 L4 0" className={styles.stripe} />
          </pattern>
        </defs>
        {columns.map((column, at) => {
          const value = column[metric];
          const height = value === 0 ? 0 : Math.max(2, (value / most) * 96);
          const filling = isFilling(column);
          return (
            <g key={column.time}>
              <rect
                x={at + 0.1}
                width={0.8}
                y={100 - height}
                height={height}
                className={metric === 'spans' ? styles.bar : styles.bad}
                {...(filling ? { style: { fill: `url(#${hatch})` } } : {})}
              />
              <rect x={at} width={1} y={0} height={100} className={styles.hit}>
                <title>
                  {`${localTime(Date.parse(column.time), nowMs(), i18n.language)} · ${count(value)}${filling ? ` · ${t('unfinishedStep')}` : ''}`}
                </title>
              </rect>
            </g>
          );
        })}
      </svg>
      <div className={styles.axis}>
        {first !== undefined && <Time at={first.time} />}
        <span>{t('chartLabel', { metric: name, most: count(most), step })}</span>
        {last !== undefined && <Time at={last.time} />}
      </div>
    </div>
  );
}

function StepTable({ answer: { columns, stepSeconds } }: { readonly answer: PipelineAnswer }) {
  const { t } = useTranslation('pipeline');
  const number = (id: Metric): Column<Step> => ({
    id,
    head: t(`metric.${id}`),
    number: true,
    cell: (column) => count(column[id]),
  });
  return (
    <Table
      label={t('perStep', { metric: t('chart'), step: duration(stepSeconds * 1000) })}
      columns={[
        { id: 'time', head: t('time'), cell: ({ time }) => <Time at={time} /> },
        number('spans'),
        number('incomplete'),
        number('late'),
        number('duplicateSpans'),
      ]}
      rows={columns.toReversed()}
      rowKey={({ time }) => time}
    />
  );
}
