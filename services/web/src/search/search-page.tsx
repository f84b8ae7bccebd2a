import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { useId, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { ApiFailure } from '../api/client.ts';
import { defaultRange, without } from '../app/search-params.ts';
import { count } from '../format/number.ts';
import { Button } from '../ui/button.tsx';
import { CompletenessNote } from '../ui/completeness.tsx';
import { Failure } from '../ui/failure.tsx';
import { PageLoading } from '../ui/loading.tsx';
import { RangePicker } from '../ui/range-picker.tsx';
import { useAnswered } from '../ui/use-answered.ts';
import { foundBy } from './found.ts';
import { NoResults } from './no-results.tsx';
import type { SearchParams, Sort } from './params.ts';
import { type SearchAnswer, type TraceSummary, maxPoints, pointsQuery, searchQuery } from './queries.ts';
import { QueryBox } from './query-box.tsx';
import { Results } from './results.tsx';
import type { Box } from './points.ts';
import { Scatter } from './scatter.tsx';
import styles from './search-page.module.css';
import { withCondition } from './tokens.ts';
import { useNewTraces } from './use-new-traces.ts';

/** Traces that a query finds. All that it shows follows from the URL. */
export function SearchPage() {
  const { t } = useTranslation('search');
  const params = useSearch({ from: '/search' });
  const navigate = useNavigate({ from: '/search' });
  const visit = useVisit(params);
  const query = searchQuery(params, visit);
  const answer = useQuery(query);
  const answered = useAnswered(query.queryKey, answer);
  const failure = answer.error instanceof ApiFailure ? answer.error : null;
  const isQueryWrong = failure?.parameter === 'q' && !answer.isPlaceholderData;
  const { q = '', sort = 'start', from = defaultRange.from, to = defaultRange.to } = params;
  const change = (next: SearchParams) =>
    void navigate({ search: (before) => ({ ...without(before, 'cursor'), ...next }) });
  const refresh = useRefresh();
  const setQuery = (query: string) => {
    if (query === q && params.cursor === undefined) return refresh();
    void navigate({
      search: (before) => ({ ...without(before, 'cursor', 'q'), ...(query === '' ? {} : { q: query }) }),
    });
  };
  const setSort = (sort: Sort) =>
    void navigate({
      search: (before) => ({ ...without(before, 'cursor', 'sort'), ...(sort === 'start' ? {} : { sort }) }),
    });
  const zoom = ({ fromMs, toMs, minMs, maxMs }: Box) =>
    change({
      q: withCondition(q, `trace.duration >= ${durationText(minMs)} and trace.duration <= ${durationText(maxMs)}`),
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
    });
  return (
    <div className={styles.page}>
      <h1 className={styles.title}>{t('title')}</h1>
      <div className={styles.bar}>
        <QueryBox query={q} onSubmit={setQuery} failure={isQueryWrong ? failure : null} />
        <RangePicker range={{ from, to }} onChange={change} />
      </div>
      {isQueryWrong ? null : answer.error !== null ? (
        <Failure error={answer.error} onRetry={() => void answer.refetch()} />
      ) : answer.data === undefined ? (
        <PageLoading />
      ) : (
        <div className={answer.isPlaceholderData ? styles.old : undefined} aria-busy={answer.isPlaceholderData}>
          <Found
            answer={answer.data}
            answered={answered}
            params={params}
            sort={sort}
            visit={visit}
            onBox={zoom}
            onSort={setSort}
            isCurrent={!answer.isPlaceholderData}
          />
        </div>
      )}
    </div>
  );
}

interface FoundProps {
  readonly answer: SearchAnswer;
  readonly answered: string;
  readonly params: SearchParams;
  readonly sort: Sort;
  readonly visit: string;
  readonly onBox: (box: Box) => void;
  readonly onSort: (sort: Sort) => void;
  readonly isCurrent: boolean;
}

const noTraces: readonly TraceSummary[] = [];

function Found({ answer, answered, params, sort, visit, onBox, onSort, isCurrent }: FoundProps) {
  const { t } = useTranslation('search');
  const navigate = useNavigate({ from: '/search' });
  const points = useQuery({ ...pointsQuery(params, visit), enabled: isCurrent });
  const { total, traces, next } = answer;
  const isNewest = sort === 'start' && params.cursor === undefined && (params.to ?? 'now') === 'now';
  const shown = useShown(answer);
  // Rows of the question before are no list of this one.
  const found = useMemo(() => (isCurrent ? foundBy(params, answer) : undefined), [isCurrent, params, answer]);
  const newCount = useNewTraces({ query: params.q ?? '', shown, enabled: isNewest && isCurrent });
  const showNew = useRefresh();
  const help = useId();
  if (traces.length === 0 && params.cursor === undefined) {
    return (
      <>
        <div className={styles.head}>
          <output>{t('found', { count: 0, text: '0' })}</output>
          {newCount > 0 && <NewTraces count={newCount} onShow={showNew} />}
        </div>
        <NoResults params={params} window={answer} />
      </>
    );
  }
  const drawn = points.data?.traces ?? noTraces;
  return (
    <>
      <section className={styles.scatter} aria-label={t('scatter.title')}>
        <div className={styles.plot}>
          {points.data !== undefined && (
            <Scatter
              traces={drawn}
              fromMs={Date.parse(points.data.from)}
              toMs={Date.parse(points.data.to)}
              onBox={onBox}
              onOpen={(traceId) => void navigate({ to: '/trace/$traceId', params: { traceId }, search: found ?? {} })}
              help={help}
              label={t('scatter.label', {
                count: drawn.length,
                errors: drawn.filter((each) => each.errorCount > 0).length,
              })}
            />
          )}
        </div>
        <p className={styles.legend}>
          <span>
            <i className={styles.ok} aria-hidden>
              ●
            </i>{' '}
            {t('scatter.ok')}
          </span>
          <span>
            <i className={styles.bad} aria-hidden>
              ✕
            </i>{' '}
            {t('scatter.error')}
          </span>
          <span>
            <i className={styles.warn} aria-hidden>
              ○
            </i>{' '}
            {t('scatter.incomplete')}
          </span>
          <span id={help}>
            {t('scatter.drag')} {t('scatter.keys')}
          </span>
          {drawn.length === maxPoints && total.count > maxPoints && (
            <span>{t('scatter.latest', { shown: count(maxPoints) })}</span>
          )}
        </p>
      </section>
      <div className={styles.head}>
        <output>{t('found', { count: total.count, text: `${total.exact ? '' : '≥ '}${count(total.count)}` })}</output>
        {newCount > 0 && <NewTraces count={newCount} onShow={showNew} />}
        <span className={styles.complete}>
          <CompletenessNote completeTo={answer.completeTo} behind={answer.behind} />
        </span>
      </div>
      <Results
        label={t('results.label')}
        traces={traces}
        {...(found === undefined ? {} : { found })}
        answered={answered}
        sort={sort}
        onSort={onSort}
      />
      <nav className={styles.pages} aria-label={t('pages.label')}>
        {params.cursor !== undefined && (
          <Link from="/search" to="/search" search={(before) => without(before, 'cursor')}>
            {t('pages.first')}
          </Link>
        )}
        {next !== null && (
          <Link from="/search" to="/search" search={(before) => ({ ...before, cursor: next })}>
            {t('pages.next')}
          </Link>
        )}
      </nav>
    </>
  );
}

function NewTraces({ count: found, onShow }: { readonly count: number; readonly onShow: () => void }) {
  const { t } = useTranslation('search');
  return (
    <Button quiet onClick={onShow}>
      {t('new', { count: found, text: count(found) })} <span aria-hidden>↑</span>
    </Button>
  );
}

/** Tells one visit of a URL from another; going back is the same visit. It changes with the parameters, never before. */
function useVisit(params: SearchParams): string {
  const { history } = useRouter();
  const current = () => ({ params, visit: history.location.state.__TSR_key ?? '' });
  const [seen, setSeen] = useState(current);
  if (seen.params !== params) setSeen(current());
  return seen.params === params ? seen.visit : current().visit;
}

/** Asks anew what this page shows, from its top on. */
function useRefresh(): () => void {
  const client = useQueryClient();
  return () => {
    scrollTo(0, 0);
    for (const part of ['search', 'points']) void client.refetchQueries({ queryKey: [part], type: 'active' });
  };
}

/** The same object as long as the answer is the same: what follows it begins anew with another. */
function useShown(answer: SearchAnswer) {
  const { from, to, traces } = answer;
  return useMemo(() => ({ from, to, traceIds: traces.map(({ traceId }) => traceId) }), [from, to, traces]);
}

/** A duration as it stands in a query, in the unit that keeps three digits of it. */
function durationText(ms: number): string {
  if (ms < 1) return `${Math.max(0, Math.round(ms * 1000))}us`;
  return ms < 1000 ? `${Number(ms.toPrecision(3))}ms` : `${Number((ms / 1000).toPrecision(3))}s`;
}
