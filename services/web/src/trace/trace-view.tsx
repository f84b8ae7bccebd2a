import { Link, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { preferredTheme } from '../app/theme.ts';
import { foundOf } from '../search/found.ts';
import { useNeighbours } from '../search/neighbours.ts';
import { Panel } from './details/panel.tsx';
import { FlameView } from './flame-view.tsx';
import { Header } from './header.tsx';
import { JsonView } from './json-view.tsx';
import { step, useTraceKeys } from './keys.ts';
import { OperationsView } from './operations-view.tsx';
import { PartsView } from './parts-view.tsx';
import type { Source } from './query.ts';
import { useRanks } from './ranks.ts';
import { Toolbar } from './toolbar.tsx';
import styles from './trace.module.css';
import { useView } from './view-model.ts';
import { Minimap } from './waterfall/minimap.tsx';
import { Waterfall } from './waterfall/waterfall.tsx';

/** A trace, wherever it came from. */
export function TraceView({ source }: { readonly source: Source }) {
  const { otlp, answer } = source;
  const { t } = useTranslation('trace');
  const view = useView(source);
  const { params, tree, selected } = view;
  const { theme } = useSearch({ from: '__root__' });
  const look = preferredTheme(theme);
  const rankOf = useRanks(tree.traceId, answer !== null);
  const beside = useNeighbours(tree.traceId, foundOf({ ...params }));
  const [copied, setCopied] = useState('');
  const link = view.link();
  const copyLink = useCallback(() => {
    void navigator.clipboard.writeText(link).then(() => setCopied(link));
  }, [link]);
  useTraceKeys({ view, beside, copyLink });
  const root = tree.roots[0]?.span;
  const title = `${root?.service ?? ''} ${root?.name ?? t('title')}`.trim();
  useEffect(() => {
    document.title = `${title} – Spanloom`;
    return () => {
      document.title = 'Spanloom';
    };
  }, [title]);
  const shown = params.view ?? 'waterfall';
  const showsTime = shown === 'waterfall' || shown === 'flame';
  return (
    <article className={styles.page}>
      <div className={styles.top}>
        {params.first === true && (
          <p className={styles.offer}>
            {t('demo.beside')}{' '}
            <Link to="/" search={{ demo: 'hidden' }}>
              {t('demo.hide')}
            </Link>
          </p>
        )}
        <Header view={view} answer={answer} beside={beside} copied={copied === link} onCopy={copyLink} />
        <Toolbar view={view} onMatch={(by) => step(view, view.matches, by)} />
        {showsTime && <Minimap view={view} theme={look} />}
      </div>
      <div className={styles.body}>
        <div className={styles.content}>
          {shown === 'waterfall' && <Waterfall view={view} rankOf={rankOf} />}
          {shown === 'flame' && <FlameView view={view} theme={look} />}
          {shown === 'operations' && <OperationsView view={view} />}
          {shown === 'parts' && <PartsView answer={answer} />}
          {shown === 'json' && <JsonView view={view} otlp={otlp} />}
        </div>
        {params.details === true && selected !== null && (
          <Panel
            view={view}
            node={selected}
            rank={selected.span === null ? null : rankOf(selected.span)}
            answer={answer}
          />
        )}
      </div>
    </article>
  );
}
