import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type SubmitEvent, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { duration } from '../format/duration.ts';
import { serviceFill } from '../format/service.ts';
import { sourceOfAnswer, traceQuery } from '../trace/query.ts';
import { spansOf } from '../trace/model/span.ts';
import { type Tree, treeOf } from '../trace/model/tree.ts';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Failure } from '../ui/failure.tsx';
import { PageLoading } from '../ui/loading.tsx';
import { Time } from '../ui/time.tsx';
import { align, type Path, type Side } from './align.ts';
import styles from './compare.module.css';

/** More rows would take the browser long, and nobody reads them. */
const mostRows = 1000;

/** Two traces side by side, by call path. */
export function TraceComparison() {
  const { t } = useTranslation('compare');
  const navigate = useNavigate();
  const { a, b, changed } = useSearch({ from: '/compare' });
  const [first, second] = [useTrace(a), useTrace(b)];
  const paths = useMemo(
    () => (first.tree === null || second.tree === null ? [] : align(first.tree, second.tree)),
    [first.tree, second.tree],
  );
  const shown = changed === true ? paths.filter(({ state }) => state !== 'same') : paths;
  const mostMs = paths.reduce((most, path) => Math.max(most, path.a?.totalMs ?? 0, path.b?.totalMs ?? 0), 0);
  const go = (search: object) =>
    void navigate({ to: '/compare', search: (before: object) => ({ ...before, ...search }) } as never);
  const counts = (['slower', 'faster', 'added', 'gone'] as const).map(
    (state) => [state, paths.filter((path) => path.state === state).length] as const,
  );
  return (
    <>
      <header className={styles.head}>
        <h1>{t('title')}</h1>
        <TraceField key={`a ${a}`} name="A" id={a} onId={(id) => go({ a: id })} />
        <Button quiet title={t('swapHelp')} onClick={() => go({ a: b, b: a })}>
          ⇄ {t('swap')}
        </Button>
        <TraceField key={`b ${b}`} name="B" id={b} onId={(id) => go({ b: id })} />
        <Button quiet pressed={changed === true} onClick={() => go({ changed: changed === true ? undefined : true })}>
          {t('onlyChanged')}
        </Button>
        <span className={styles.counts}>
          {counts.map(([state, count]) => count > 0 && <span key={state}>{t(`counts.${state}`, { count })}</span>)}
        </span>
      </header>
      {[first, second].map(
        ({ error, retry }, at) =>
          error !== null && <Failure key={at === 0 ? 'a' : 'b'} error={error} onRetry={retry} />,
      )}
      {(first.loading || second.loading) && <PageLoading />}
      {first.tree !== null && second.tree !== null && (
        <section className={styles.scroll} tabIndex={0} aria-label={t('title')}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{t('path')}</th>
                <th scope="col" className={styles.number}>
                  <TraceHead name="A" tree={first.tree} />
                </th>
                <th scope="col" className={styles.number}>
                  <TraceHead name="B" tree={second.tree} />
                </th>
                <th scope="col" className={styles.number}>
                  Δ
                </th>
                <th scope="col" className={styles.number}>
                  %
                </th>
                <th scope="col">{t('both')}</th>
              </tr>
            </thead>
            <tbody>
              {shown.slice(0, mostRows).map((path) => (
                <PathRow key={path.id} path={path} a={a ?? ''} b={b ?? ''} mostMs={mostMs} />
              ))}
            </tbody>
          </table>
          {shown.length > mostRows && <p>{t('cut', { shown: mostRows, count: shown.length })}</p>}
        </section>
      )}
    </>
  );
}

function useTrace(id: string | undefined) {
  const { data, error, isLoading, refetch } = useQuery({ ...traceQuery(id ?? ''), enabled: id !== undefined });
  const tree = useMemo(() => (data === undefined ? null : treeOf(spansOf(sourceOfAnswer(data).otlp))), [data]);
  return { tree, error, loading: isLoading, retry: () => void refetch() };
}

function TraceHead({ name, tree }: { readonly name: string; readonly tree: Tree }) {
  return (
    <>
      {name} · <Time at={tree.startMs} />
    </>
  );
}

interface TraceFieldProps {
  readonly name: string;
  readonly id: string | undefined;
  readonly onId: (id: string) => void;
}

function TraceField({ name, id, onId }: TraceFieldProps) {
  const { t } = useTranslation('compare');
  const [text, setText] = useState(id ?? '');
  const apply = () => {
    const typed = text.trim().toLowerCase();
    if (/^[0-9a-f]{1,32}$/.test(typed) && typed !== id) onId(typed.padStart(32, '0'));
  };
  return (
    <form
      onSubmit={(event: SubmitEvent) => {
        event.preventDefault();
        apply();
      }}
    >
      <label className={styles.field}>
        {name}{' '}
        <input
          value={text}
          size={34}
          spellCheck={false}
          aria-label={t('traceId', { name })}
          onChange={(event) => setText(event.target.value)}
          onBlur={apply}
        />
      </label>
    </form>
  );
}

interface PathRowProps {
  readonly path: Path;
  readonly a: string;
  readonly b: string;
  readonly mostMs: number;
}

function PathRow({ path, a, b, mostMs }: PathRowProps) {
  const { t } = useTranslation('compare');
  const { depth, service, operation, state } = path;
  const byMs = (path.b?.totalMs ?? 0) - (path.a?.totalMs ?? 0);
  const isBoth = path.a !== null && path.b !== null;
  const part = isBoth && path.a !== null && path.a.totalMs > 0 ? byMs / path.a.totalMs : null;
  const bar = (side: Side | null) => ({
    width: `${((side?.totalMs ?? 0) / (mostMs || 1)) * 100}%`,
    background: serviceFill(service),
  });
  return (
    <tr className={styles[state]}>
      <th scope="row" className={styles.path} style={{ paddingInlineStart: Math.min(depth, 20) * 14 + 8 }}>
        <span className={styles.swatch} style={{ background: serviceFill(service) }} aria-hidden />
        <b>{service}</b> {operation || t('missing')} {state === 'added' && <Badge tone="warn">+ {t('added')}</Badge>}
        {state === 'gone' && <Badge tone="plain">− {t('gone')}</Badge>}
      </th>
      <SideCell side={path.a} traceId={a} />
      <SideCell side={path.b} traceId={b} />
      <td className={`${styles.number} ${state === 'slower' ? styles.worse : ''}`}>
        {isBoth && state !== 'same' && `${byMs > 0 ? '▲ +' : '▼ '}${duration(byMs)}`}
      </td>
      <td className={`${styles.number} ${state === 'slower' ? styles.worse : ''}`}>
        {part !== null && state !== 'same' && `${part > 0 ? '+' : '−'}${Math.abs(part * 100).toPrecision(3)} %`}
      </td>
      <td className={styles.bars} aria-hidden>
        <span style={{ ...bar(path.a), opacity: 0.45 }} />
        <span style={bar(path.b)} />
      </td>
    </tr>
  );
}

function SideCell({ side, traceId }: { readonly side: Side | null; readonly traceId: string }) {
  const { t } = useTranslation('compare');
  if (side === null) return <td className={styles.number}>–</td>;
  return (
    <td className={styles.number}>
      {side.errors > 0 && <Badge tone="bad">{t('errors', { count: side.errors })}</Badge>}{' '}
      {side.calls > 1 && <span className={styles.quiet}>×{side.calls} </span>}
      <Link to="/trace/$traceId" params={{ traceId }} search={{ span: side.node.key, details: true }}>
        {duration(side.totalMs)}
      </Link>
    </td>
  );
}
