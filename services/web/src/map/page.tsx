import { createLazyRoute, Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { defaultRange } from '../app/search-params.ts';
import { baselines } from '../compare/baseline.ts';
import { EnvironmentFilter } from '../figures/environment.tsx';
import bar from '../figures/figures.module.css';
import { NoFigures } from '../figures/no-figures.tsx';
import { Select } from '../figures/select.tsx';
import { useChange } from '../figures/use-change.ts';
import { addTexts } from '../i18n/i18n.ts';
import { useShortcuts } from '../keyboard/keyboard.tsx';
import { Button } from '../ui/button.tsx';
import { CompletenessNote } from '../ui/completeness.tsx';
import { Failure } from '../ui/failure.tsx';
import { PageLoading } from '../ui/loading.tsx';
import { RangePicker } from '../ui/range-picker.tsx';
import { Canvas } from './draw/canvas.tsx';
import { useLayout } from './draw/use-layout.ts';
import { Legend } from './legend.tsx';
import styles from './map.module.css';
import { nodeName } from './naming.ts';
import { Panel, type PanelProps } from './panel.tsx';
import { colorings, type MapParams } from './params.ts';
import { shownOf } from './shown.ts';
import { Tables } from './tables.tsx';
import en from './texts.en.ts';
import zh from './texts.zh.ts';
import { type GraphShown, useGraph } from './use-graph.ts';

addTexts('map', en, zh);

export const map = createLazyRoute('/map')({ component: Page });

function Page() {
  const { t } = useTranslation('map');
  const { t: figures } = useTranslation('figures');
  const params = map.useSearch();
  const onChange = useChange<MapParams>();
  const { from = defaultRange.from, to = defaultRange.to, base = 'previous', color = 'errors', environment } = params;
  const hops = Number(params.hops ?? '1');
  const state = useGraph({
    range: { from, to },
    base,
    environment,
    unfold: params.unfold,
    around: params.around,
    hops,
  });
  useShortcuts([{ keys: ['Escape'], label: t('close'), run: () => onChange({ node: undefined, edge: undefined }) }]);
  return (
    <div className={styles.page}>
      <div className={bar.bar}>
        <h1>{t('title')}</h1>
        <Select
          label={t('view')}
          value={params.view ?? 'map'}
          options={[
            ['map', t('views.map')],
            ['table', t('views.table')],
          ]}
          onChange={(view) => onChange({ view: view === 'table' ? view : undefined })}
        />
        <Select
          label={t('colors')}
          value={color}
          options={colorings.map((each) => [each, t(`color.${each}`)] as const)}
          onChange={(color) => onChange({ color })}
        />
        <Select
          label={figures('baseline')}
          value={base}
          options={baselines.map((each) => [each, figures(`baselines.${each}`)] as const)}
          onChange={(base) => onChange({ base })}
        />
        <Link to="/compare" search={{ of: 'edges', from, to, base, ...(environment && { environment }) }}>
          {t('compare')}
        </Link>
        <EnvironmentFilter environment={environment} onChange={(environment) => onChange({ environment })} />
        <RangePicker range={{ from, to }} onChange={(range) => onChange(range)} />
      </div>
      {state.error !== null ? (
        <Failure error={state.error} onRetry={state.retry} />
      ) : state.shown === null ? (
        <PageLoading />
      ) : state.shown.whole.nodes.length === 0 ? (
        <NoFigures window={state.shown.answer} environment={environment} />
      ) : (
        <Content shown={state.shown} params={params} onChange={onChange} />
      )}
    </div>
  );
}

function Content({ shown, params, onChange }: PanelProps & { readonly shown: GraphShown }) {
  const { t } = useTranslation('map');
  const { t: common } = useTranslation();
  const { color = 'errors', around, hops = '1', unfold, environment, by = 'calls', up = false } = params;
  const { graph, whole, before, answer } = shown;
  const laidOut = useLayout(graph, [around, around && hops, unfold, environment].join(' '));
  const drawn = useMemo(() => shownOf(graph, before, color, t, common), [graph, before, color, t, common]);
  const onNode = (node: string) => onChange({ node, edge: undefined });
  const onEdge = (edge: string) => onChange({ edge, node: undefined });
  const isTable = params.view === 'table';
  const chosen = (params.node ?? params.edge) !== undefined;
  const aroundNode = whole.nodes.find(({ key }) => key === around);
  return (
    <>
      {(around !== undefined || graph.nodes.length < whole.nodes.length || unfold !== undefined) && (
        <div className={styles.around}>
          {around !== undefined && (
            <>
              <span>{t('aroundNow', { name: aroundNode === undefined ? around : nodeName(aroundNode, t) })}</span>
              <Select
                label={t('hops')}
                value={hops}
                options={[
                  ['1', '1'],
                  ['2', '2'],
                ]}
                onChange={(hops) => onChange({ hops })}
              />
              <Button quiet onClick={() => onChange({ around: undefined, hops: undefined })}>
                {t('whole')}
              </Button>
            </>
          )}
          {graph.nodes.length < whole.nodes.length && (
            <>
              <span>{t('foldedNote', { nodes: whole.nodes.length, shown: graph.nodes.length })}</span>
              <Button quiet onClick={() => onChange({ unfold: 'all' })}>
                {t('showAll')}
              </Button>
            </>
          )}
          {unfold !== undefined && (
            <Button quiet onClick={() => onChange({ unfold: undefined })}>
              {t('foldAgain')}
            </Button>
          )}
        </div>
      )}
      <div className={`${styles.body} ${chosen ? styles.withPanel : ''}`}>
        {isTable ? (
          <Tables
            graph={whole}
            sort={by}
            up={up}
            onSort={(by, up) => onChange({ by, up: up ? true : undefined })}
            onNode={onNode}
            onEdge={onEdge}
          />
        ) : laidOut === null ? (
          <PageLoading />
        ) : (
          <Canvas
            shown={drawn}
            laidOut={laidOut}
            node={params.node}
            edge={params.edge}
            onNode={onNode}
            onEdge={onEdge}
          />
        )}
        {chosen && <Panel shown={isTable ? { ...shown, graph: whole } : shown} params={params} onChange={onChange} />}
      </div>
      {!isTable && <Legend coloring={color} />}
      <CompletenessNote {...answer} />
    </>
  );
}
