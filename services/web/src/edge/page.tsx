import { createLazyRoute, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { defaultRange } from '../app/search-params.ts';
import { EnvironmentFilter } from '../figures/environment.tsx';
import { edgeSpans } from '../figures/exemplars.ts';
import styles from '../figures/figures.module.css';
import { OverTime } from '../figures/over-time.tsx';
import { Select } from '../figures/select.tsx';
import { useChange } from '../figures/use-change.ts';
import { addTexts } from '../i18n/i18n.ts';
import { Empty } from '../ui/empty.tsx';
import { RangePicker } from '../ui/range-picker.tsx';
import { ServiceLabel } from '../ui/service.tsx';
import type { EdgeKind, EdgeParams } from './params.ts';
import en from './texts.en.ts';
import zh from './texts.zh.ts';

addTexts('edge', en, zh);

export const edge = createLazyRoute('/edge')({ component: Page });

/** Only who called knows how long these took: the other side sends no spans, or not of the call. */
const seenByClient: ReadonlySet<EdgeKind> = new Set(['database', 'external', 'messaging']);

function Page() {
  const { t } = useTranslation('edge');
  const { t: common } = useTranslation();
  const params = edge.useSearch();
  const onChange = useChange<EdgeParams>();
  const { from = defaultRange.from, to = defaultRange.to, client, server, operation, environment } = params;
  if (server === undefined) {
    return (
      <Empty title={t('noEdge')}>
        <p>{t('noEdgeHelp')}</p>
        <Link to="/map">{t('toMap')}</Link>
      </Empty>
    );
  }
  const kind: EdgeKind = params.kind ?? (client === undefined ? 'entry' : 'rpc');
  const side = params.side ?? (seenByClient.has(kind) ? 'client' : 'server');
  const window = { from, to, ...(environment && { environment }) };
  return (
    <div className={styles.sections}>
      <div className={styles.bar}>
        <h1>
          <ServiceLabel service={client ?? null} /> → <ServiceLabel service={server} />
        </h1>
        <span className={styles.note}>{common(`kinds.${kind}`)}</span>
        <Link to="/map" search={window}>
          {t('onMap')}
        </Link>
        <Link to="/compare" search={{ ...window, of: 'edges', service: server }}>
          {t('compare')}
        </Link>
        {kind !== 'entry' && (
          <Select
            label={t('side')}
            value={side}
            options={[
              ['server', t('sides.server')],
              ['client', t('sides.client')],
            ]}
            onChange={(side) => onChange({ side })}
          />
        )}
        <EnvironmentFilter environment={environment} onChange={(environment) => onChange({ environment })} />
        <RangePicker range={{ from, to }} onChange={(range) => onChange(range)} />
      </div>
      <OverTime
        target={{ client, server, kind, side, operation }}
        params={params}
        onChange={onChange}
        exemplars={edgeSpans({ client, server, kind, side, operation, environment })}
      />
    </div>
  );
}
