import { useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';

import { count } from '../format/number.ts';
import { Button } from '../ui/button.tsx';
import { opensOnMain } from './model/rows.ts';
import { skewMs } from './model/timing.ts';
import { views } from './params.ts';
import styles from './trace.module.css';
import type { View } from './view-model.ts';

export const findInputId = 'find-in-trace';

export interface ToolbarProps {
  readonly view: View;
  readonly onMatch: (step: 1 | -1) => void;
}

/** How the trace is shown, and a search inside it. */
export function Toolbar({ view, onMatch }: ToolbarProps) {
  const { t } = useTranslation('trace');
  const { params, change, tree, rows, matches, focus, mainOnly, selected } = view;
  const shown = params.view ?? 'waterfall';
  const input = useRef<HTMLInputElement>(null);
  const spansShown = useMemo(() => rows.reduce((sum, row) => sum + (row.fold?.members.length ?? 1), 0), [rows]);
  const position = selected === null ? -1 : matches.indexOf(selected);
  const isSkewed = useMemo(() => tree.nodes.some((node) => skewMs(node) < 0), [tree]);
  const hasSkew = params.clock === 'corrected' || isSkewed;
  return (
    <div className={styles.toolbar}>
      <nav aria-label={t('views.label')} className={styles.views}>
        {views.map((name) => (
          <button
            key={name}
            type="button"
            aria-current={name === shown ? 'page' : undefined}
            onClick={() => change({ view: name === 'waterfall' ? undefined : name }, true)}
          >
            {t(`views.${name}`)}
          </button>
        ))}
      </nav>
      <search className={styles.find}>
        <input
          ref={input}
          id={findInputId}
          type="search"
          value={params.find ?? ''}
          placeholder={t('find')}
          aria-label={t('find')}
          onChange={(event) => change({ find: event.target.value || undefined })}
          onKeyDown={(event) => {
            if (event.key === 'Enter') onMatch(event.shiftKey ? -1 : 1);
            if (event.key === 'Escape') input.current?.blur();
          }}
        />
        {params.find !== undefined && (
          <output className={styles.quiet}>{t('matches', { position: position + 1, count: matches.length })}</output>
        )}
      </search>
      {focus !== null && (
        <Button quiet onClick={() => change({ focus: undefined, zoom: undefined })}>
          {t('focused', { name: focus.span?.name ?? focus.key })} ×
        </Button>
      )}
      <span className={styles.gap} />
      {(opensOnMain(tree) || params.rows === 'main') && shown === 'waterfall' && (
        <span>
          {mainOnly && (
            <span className={styles.quiet}>
              {t('shown', {
                shown: count(Math.min(spansShown, tree.nodes.length)),
                of: tree.nodes.length.toLocaleString('en'),
              })}{' '}
            </span>
          )}
          <Button
            quiet
            onClick={() =>
              change({
                rows: mainOnly === opensOnMain(tree) ? (mainOnly ? 'all' : 'main') : undefined,
                opened: undefined,
              })
            }
          >
            {mainOnly ? t('expandAll') : t('mainOnly')}
          </Button>
        </span>
      )}
      {params.zoom !== undefined && (
        <Button quiet onClick={() => change({ zoom: undefined })}>
          {t('zoomReset')}
        </Button>
      )}
      {hasSkew && (
        <Button
          quiet
          pressed={params.clock === 'corrected'}
          title={t('clockHelp')}
          onClick={() => change({ clock: params.clock === 'corrected' ? undefined : 'corrected' })}
        >
          {t('clockSwitch')}
        </Button>
      )}
      <Button
        quiet
        pressed={params.critical !== 'off'}
        title={t('criticalHelp')}
        onClick={() => change({ critical: params.critical === 'off' ? undefined : 'off' })}
      >
        {t('criticalSwitch')}
      </Button>
    </div>
  );
}
