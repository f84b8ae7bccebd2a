import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { CompareAnswer } from '../api/answers.ts';
import { get } from '../api/client.ts';
import { defaultRange } from '../app/search-params.ts';
import { nowMs } from '../clock.ts';
import { EnvironmentFilter } from '../figures/environment.tsx';
import styles from '../figures/figures.module.css';
import { Select } from '../figures/select.tsx';
import { useChange } from '../figures/use-change.ts';
import { addTexts } from '../i18n/i18n.ts';
import { ServiceSelect } from '../figures/service-select.tsx';
import { Button } from '../ui/button.tsx';
import { CompletenessNote } from '../ui/completeness.tsx';
import { Empty } from '../ui/empty.tsx';
import { Failure } from '../ui/failure.tsx';
import { PageLoading } from '../ui/loading.tsx';
import { RangePicker } from '../ui/range-picker.tsx';
import type { Range } from '../ui/range.ts';
import { Time } from '../ui/time.tsx';
import { useAnswered } from '../ui/use-answered.ts';
import { baselineOf, baselines } from './baseline.ts';
import type { WindowsParams } from './windows-params.ts';
import { WindowsTable } from './windows-table.tsx';
import en from './windows-texts.en.ts';
import zh from './windows-texts.zh.ts';

addTexts('windows', en, zh);

/** More rows are not read: those that changed most come first. */
const limit = 1000;
const onlys = ['all', 'slower', 'added', 'gone'] as const;
/** A part of what it was: below, it is chance. */
const slowerFrom = 0.1;

type Row = CompareAnswer['rows'][number];

/** Operations or calls of two windows side by side: what was added, what is gone, what got slower. */
export function Windows({ params }: { readonly params: WindowsParams }) {
  const { t } = useTranslation('windows');
  const { t: figures } = useTranslation('figures');
  const onChange = useChange<WindowsParams>();
  const { of = 'operations', by = 'duration', service, environment, only } = params;
  const range = { from: params.from ?? defaultRange.from, to: params.to ?? defaultRange.to };
  const base = baseOf(params, range);
  const isCustom = params.baseFrom !== undefined && params.baseTo !== undefined;
  const asked = isCustom || (params.base ?? 'previous') !== 'previous' ? { baseFrom: base.from, baseTo: base.to } : {};
  const queryKey = ['compare', of, range, base, environment, service, by];
  const answer = useQuery({
    queryKey,
    queryFn: ({ signal }) =>
      get('compare', {
        // The window right before is cut off at the minute by the API itself: the two do not overlap.
        params: { of, ...range, ...asked, environment, service, sort: by, limit },
        signal,
      }),
    placeholderData: keepPreviousData,
  });
  const answered = useAnswered(queryKey, answer);
  return (
    <div className={styles.sections}>
      <div className={styles.bar}>
        <h1>{t('title')}</h1>
        <Select
          label={t('of')}
          value={of}
          options={(['operations', 'edges'] as const).map((each) => [each, t(`ofs.${each}`)] as const)}
          onChange={(of) => onChange({ of })}
        />
        <Select
          label={t('sort')}
          value={by}
          options={(['duration', 'errors', 'calls'] as const).map((each) => [each, t(`sorts.${each}`)] as const)}
          onChange={(by) => onChange({ by })}
        />
        <ServiceSelect service={service} onChange={(service) => onChange({ service })} />
        <EnvironmentFilter environment={environment} onChange={(environment) => onChange({ environment })} />
      </div>
      <div className={styles.bar}>
        <span className={styles.note}>{t('window')}</span>
        <RangePicker range={range} onChange={(range) => onChange(range)} />
        <Select
          label={t('base')}
          value={isCustom ? 'custom' : (params.base ?? 'previous')}
          options={[
            ...baselines.map((each) => [each, figures(`baselines.${each}`)] as const),
            ['custom', t('custom')] as const,
          ]}
          onChange={(value) =>
            value === 'custom'
              ? onChange({ base: undefined, baseFrom: base.from, baseTo: base.to })
              : onChange({ base: value, baseFrom: undefined, baseTo: undefined })
          }
        />
        {isCustom && <RangePicker range={base} onChange={({ from, to }) => onChange({ baseFrom: from, baseTo: to })} />}
        <Button quiet onClick={() => onChange({ ...base, base: undefined, baseFrom: range.from, baseTo: range.to })}>
          ⇄ {t('swap')}
        </Button>
        <Only rows={answer.data?.rows ?? []} only={only} onChange={(only) => onChange({ only })} />
      </div>
      {answer.isError ? (
        <Failure error={answer.error} onRetry={() => void answer.refetch()} />
      ) : answer.data === undefined ? (
        <PageLoading />
      ) : (
        <Compared key={answered} answer={answer.data} params={params} base={base} />
      )}
    </div>
  );
}

function baseOf({ base = 'previous', baseFrom, baseTo }: WindowsParams, range: Range): Range {
  return baseFrom === undefined || baseTo === undefined
    ? baselineOf(range, base, nowMs())
    : { from: baseFrom, to: baseTo };
}

function isSlower({ change }: Row): boolean {
  return Object.values(change?.durationMs ?? {}).some((part) => part >= slowerFrom);
}

function rowsOf(rows: readonly Row[], only: WindowsParams['only']): readonly Row[] {
  if (only === undefined) return rows;
  return rows.filter((row) => (only === 'slower' ? isSlower(row) : row.state === only));
}

function Only({
  rows,
  only,
  onChange,
}: {
  readonly rows: readonly Row[];
  readonly only: WindowsParams['only'];
  readonly onChange: (only: WindowsParams['only']) => void;
}) {
  const { t } = useTranslation('windows');
  return (
    <fieldset className={styles.choices}>
      <legend>{t('only')}</legend>
      {onlys.map((each) => {
        const value = each === 'all' ? undefined : each;
        return (
          <Button key={each} quiet pressed={value === only} onClick={() => onChange(value)}>
            {t(`onlys.${each}`)} {rowsOf(rows, value).length}
          </Button>
        );
      })}
    </fieldset>
  );
}

function Compared({
  answer,
  params,
  base,
}: {
  readonly answer: CompareAnswer;
  readonly params: WindowsParams;
  readonly base: Range;
}) {
  const { t } = useTranslation('windows');
  const rows = rowsOf(answer.rows, params.only);
  return (
    <>
      <p className={styles.note}>
        {t('now')}: <Time at={answer.window.from} /> – <Time at={answer.window.to} /> · {t('before')}:{' '}
        <Time at={answer.base.from} /> – <Time at={answer.base.to} /> · {t('noChange')}
      </p>
      {rows.length === 0 ? (
        <Empty title={t('nothing')}>
          <p>{t('nothingHelp')}</p>
        </Empty>
      ) : (
        <WindowsTable rows={rows} params={params} base={base} />
      )}
      {answer.rows.length === limit && <p className={styles.note}>{t('cut', { count: limit })}</p>}
      <CompletenessNote {...answer} />
    </>
  );
}
