import { useRef, type KeyboardEvent, type PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';

import type { TracesIdAnswer } from '../../api/answers.ts';
import { duration } from '../../format/duration.ts';
import { utcTime } from '../../format/time.ts';
import { IconButton } from '../../ui/menu.tsx';
import { ServiceLabel } from '../../ui/service.tsx';
import { Time } from '../../ui/time.tsx';
import { lateText } from '../late-text.ts';
import { skewMs } from '../model/timing.ts';
import type { Node } from '../model/tree.ts';
import type { Rank } from '../ranks.ts';
import type { View } from '../view-model.ts';
import { ErrorMark } from '../waterfall/row.tsx';
import { AttributeList } from './attributes.tsx';
import { Events } from './events.tsx';
import { Links, LinksOut } from './links.tsx';
import styles from './details.module.css';

export const panelWidth = { usual: 420, least: 280, most: 900 } as const;

export interface PanelProps {
  readonly view: View;
  readonly node: Node;
  readonly rank: Rank | null;
  readonly answer: TracesIdAnswer | null;
}

/** All that is known of the selected span. */
export function Panel({ view, node, rank, answer }: PanelProps) {
  const { t } = useTranslation('trace');
  const { params, change, timing } = view;
  const width = Math.min(panelWidth.most, Math.max(panelWidth.least, params.panel ?? panelWidth.usual));
  const { span } = node;
  const skew = skewMs(node);
  return (
    <>
      <Splitter width={width} onWidth={(panel) => change({ panel })} label={t('details.resize')} />
      <aside className={styles.panel} style={{ width }} aria-label={t('details.title')} tabIndex={-1} id="details">
        <header className={styles.head}>
          <h2>
            {span?.error === true && <ErrorMark origin={node.origin} />} {span?.name ?? t('details.missing')}
          </h2>
          <IconButton label={t('close', { ns: 'common' })} onClick={() => change({ details: undefined })}>
            ✕
          </IconButton>
        </header>
        {span === null ? (
          <p className={styles.section}>{t('details.ghost', { count: node.children.length })}</p>
        ) : (
          <>
            <dl className={styles.facts}>
              <Fact name={t('service', { ns: 'common' })}>
                <ServiceLabel service={{ environment: '', namespace: span.namespace, name: span.service }} />
                {span.environment !== '' && <span className={styles.quiet}> · {span.environment}</span>}
              </Fact>
              <Fact name={t('kind', { ns: 'common' })}>{t(`kinds.${span.kind}`)}</Fact>
              <Fact name={t('duration', { ns: 'common' })}>
                <b>{duration(span.durationMs)}</b>
                {rank !== null && (
                  <>
                    {' · '}
                    <span className={rank.isHigh ? styles.high : ''} title={rank.title}>
                      {t('rank', { rank: rank.text, usual: rank.usual })}
                    </span>
                  </>
                )}
              </Fact>
              <Fact name={t('details.start')}>
                {duration((timing.startMs[node.at] ?? 0) - timing.fromMs)} ·{' '}
                <Time at={view.tree.startMs + span.startMs} />
              </Fact>
              <Fact name={t('details.self')}>{duration(timing.selfMs[node.at])}</Fact>
              <Fact name={t('details.critical')}>{duration(timing.criticalMs[node.at])}</Fact>
              {span.error && (
                <Fact name={t('details.status')}>
                  <span className={styles.bad}>
                    {t('details.error')}
                    {span.otlp.status?.message !== undefined && `: ${span.otlp.status.message.slice(0, 1024)}`}
                  </span>
                  {node.origin && <span className={styles.quiet}> · {t('origin')}</span>}
                </Fact>
              )}
              {span.lateByMs !== null && (
                <Fact name={t('details.late')}>
                  {lateText(t, span.lateByMs)} <span className={styles.quiet}>· {t('late.help')}</span>
                </Fact>
              )}
              {skew < 0 && <Fact name={t('details.clock')}>{t('details.skewed', { skew: duration(-skew) })}</Fact>}
              <Fact name={t('details.id')}>
                <code title={utcTime(view.tree.startMs + span.startMs)}>{span.id}</code>
              </Fact>
            </dl>
            <LinksOut view={view} span={span} />
            <AttributeList view={view} span={span} />
            <Events view={view} span={span} />
            <Links span={span} linkedFrom={answer?.linkedFrom.filter(({ toSpanId }) => toSpanId === span.id) ?? []} />
          </>
        )}
      </aside>
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

interface SplitterProps {
  readonly width: number;
  readonly onWidth: (width: number) => void;
  readonly label: string;
}

const keyStep = 20;

/** Between rows and details: dragged, or moved by the arrow keys. */
function Splitter({ width, onWidth, label }: SplitterProps) {
  const grabbed = useRef<{ readonly x: number; readonly width: number } | null>(null);
  const within = (next: number) => Math.round(Math.min(panelWidth.most, Math.max(panelWidth.least, next)));
  return (
    // A window splitter is a separator that can be focused: https://www.w3.org/WAI/ARIA/apg/patterns/windowsplitter/.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={label}
      aria-controls="details"
      aria-valuenow={width}
      aria-valuemin={panelWidth.least}
      aria-valuemax={panelWidth.most}
      className={styles.splitter}
      onPointerDown={(event: PointerEvent<HTMLElement>) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        grabbed.current = { x: event.clientX, width };
      }}
      onPointerMove={({ clientX }) => {
        if (grabbed.current !== null) onWidth(within(grabbed.current.width + grabbed.current.x - clientX));
      }}
      onPointerUp={() => {
        grabbed.current = null;
      }}
      onKeyDown={(event: KeyboardEvent) => {
        const by = { ArrowLeft: keyStep, ArrowRight: -keyStep }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        onWidth(within(width + by));
      }}
    />
  );
}
