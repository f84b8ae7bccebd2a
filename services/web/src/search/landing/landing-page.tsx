import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { get } from '../../api/client.ts';
import { every } from '../../api/query-client.ts';
import { without } from '../../app/search-params.ts';
import { Failure } from '../../ui/failure.tsx';
import { PageLoading } from '../../ui/loading.tsx';
import { QueryBox } from '../query-box.tsx';
import { isDemo } from './demo.ts';
import { FirstSpan } from './first-span.tsx';
import styles from './landing-page.module.css';
import { LiveMap } from './live-map.tsx';
import { RecentTraces } from './recent-traces.tsx';
import { SlowestEdges } from './slowest-edges.tsx';

/** The last 15 minutes. */
const from = 'now-15m';
const refreshMs = 10_000;

/** What goes on now; before anything came, how to send something. */
export function LandingPage() {
  const { t } = useTranslation('search');
  const { demo, connect, snippet = 'node' } = useSearch({ from: '/' });
  const navigate = useNavigate({ from: '/' });
  const services = useQuery({
    queryKey: ['services'],
    queryFn: async ({ signal }) => (await get('services', { signal })).services,
    // Who comes back from a first trace is not to be told once more that there is nothing.
    staleTime: 0,
  });
  // Until the first trace is shown: what comes meanwhile is that trace.
  const [waits, setWaits] = useState(false);
  const nothingYet = services.data?.length === 0;
  if (nothingYet && !services.isFetching && !waits) setWaits(true);
  const search = (query: string) => void navigate({ to: '/search', search: query === '' ? {} : { q: query } });
  if (services.error !== null) {
    return <Failure error={services.error} onRetry={() => void services.refetch()} />;
  }
  if (services.data === undefined || (nothingYet && !waits)) return <PageLoading />;
  const all = services.data;
  const [hasDemo, hasOthers] = [all.some(isDemo), all.some((service) => !isDemo(service))];
  return (
    <div className={styles.page}>
      {waits || connect === true ? (
        <FirstSpan
          snippet={snippet}
          services={all}
          onSnippet={(name) => void navigate({ search: (before) => ({ ...before, snippet: name }), replace: true })}
        />
      ) : (
        <>
          <h1 className={styles.title}>{t('landing.title')}</h1>
          <QueryBox query="" onSubmit={search} />
          <p className={styles.note}>
            {hasDemo && hasOthers && (
              <>
                {demo === 'hidden' ? t('landing.demoHidden') : t('landing.demoShown')}{' '}
                <Link
                  to="/"
                  search={(before) => (demo === 'hidden' ? without(before, 'demo') : { ...before, demo: 'hidden' })}
                >
                  {demo === 'hidden' ? t('landing.showDemo') : t('landing.hideDemo')}
                </Link>
              </>
            )}
            {hasDemo && !hasOthers && t('landing.onlyDemo')}{' '}
            <Link to="/" search={(before) => ({ ...before, connect: true })}>
              {t('landing.connect')}
            </Link>
          </p>
          <Overview hidesDemo={demo === 'hidden'} />
        </>
      )}
    </div>
  );
}

function Overview({ hidesDemo }: { readonly hidesDemo: boolean }) {
  const { t } = useTranslation('search');
  const graph = useQuery({
    queryKey: ['graph', 'landing'],
    queryFn: ({ signal }) => get('graph', { params: { from, quantiles: '0.95' }, signal }),
    refetchInterval: every(refreshMs),
  });
  const shown = graph.data === undefined ? null : hidesDemo ? withoutDemo(graph.data) : graph.data;
  // All at once: the lists stand below the map, and would be moved by it.
  if (shown === null && graph.error === null) return <PageLoading />;
  return (
    <div className={styles.grid}>
      <section className={`${styles.card} ${styles.map}`} aria-label={t('landing.map')}>
        <header className={styles.head}>
          <h2>{t('landing.map')}</h2>
          <span className={styles.quiet}>{t('landing.window')}</span>
          <Link to="/map">{t('landing.wholeMap')}</Link>
        </header>
        {shown === null && <Failure error={graph.error} onRetry={() => void graph.refetch()} />}
        {shown !== null && shown.nodes.length > 0 && <LiveMap graph={shown} />}
        {shown?.nodes.length === 0 && <p className={styles.empty}>{t('landing.quiet')}</p>}
      </section>
      <RecentTraces hidesDemo={hidesDemo} />
      <section className={styles.card} aria-label={t('landing.edges')}>
        <header className={styles.head}>
          <h2>{t('landing.edges')}</h2>
          <span className={styles.quiet}>{t('landing.window')}</span>
        </header>
        {shown !== null && shown.edges.length > 0 && <SlowestEdges graph={shown} from={from} />}
        {shown?.edges.length === 0 && <p className={styles.empty}>{t('landing.quiet')}</p>}
      </section>
    </div>
  );
}

type Graph = Parameters<typeof SlowestEdges>[0]['graph'];

/** Nodes of the demo, and what only they call: that says no environment of its own. */
function withoutDemo({ nodes, edges }: Graph): Graph {
  const demo = new Set(nodes.filter(({ service }) => isDemo(service)).map(({ id }) => id));
  const kept = edges.filter(({ from, to }) => !demo.has(to) && (from === null || !demo.has(from)));
  const called = new Set(kept.map(({ to }) => to));
  return {
    nodes: nodes.filter(({ id, type }) => !demo.has(id) && (type === 'service' || called.has(id))),
    edges: kept,
  };
}
