import { memo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { duration } from '../../format/duration.ts';
import { serviceFill } from '../../format/service.ts';
import { lateText } from '../late-text.ts';
import { attributeText } from '../model/otlp.ts';
import type { Row } from '../model/rows.ts';
import { skewMs, type Timing } from '../model/timing.ts';
import type { Node } from '../model/tree.ts';
import type { Zoom } from '../params.ts';
import type { Rank } from '../ranks.ts';
import { FoldBar, SpanBar } from './bar.tsx';
import { FoldText } from './fold-text.tsx';
import styles from './waterfall.module.css';

export interface RowViewProps {
  readonly row: Row;
  readonly top: number;
  readonly index: number;
  readonly timing: Timing;
  readonly zoom: Zoom;
  readonly selected: boolean;
  readonly match: boolean;
  readonly critical: boolean;
  readonly corrected: boolean;
  readonly rank: Rank | null;
  readonly pins: readonly string[];
  readonly onSelect: (key: string, details?: boolean) => void;
  readonly onToggle: (row: Row) => void;
  readonly onShowAll: (node: Node) => void;
}

/** Beyond so many, rows stand no further in: there would be no room for their names. */
const deepest = 18;

/** A row of the waterfall: who did what, how long it took, and when. */
export const RowView = memo(function RowView(props: RowViewProps) {
  const { row, top, index, selected, match, onSelect } = props;
  const { node } = row;
  const isBad = row.fold === null && node.span?.error === true;
  return (
    // The keys of the page do what a click does.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      id={`row-${row.key}`}
      role="row"
      aria-level={row.level + 1}
      aria-rowindex={index + 2}
      aria-selected={selected}
      {...(row.open === null ? {} : { 'aria-expanded': row.open })}
      className={`${styles.row} ${selected ? styles.selected : ''} ${match ? styles.match : ''} ${isBad ? styles.failed : ''}`}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onSelect(row.key, true)}
    >
      {row.fold === null ? <SpanCells {...props} node={node} /> : <FoldCells {...props} fold={row.fold} />}
    </div>
  );
});

function Name({ row, onToggle, children }: RowViewProps & { readonly children: ReactNode }) {
  const { t } = useTranslation('trace');
  const indent = Math.min(row.level, deepest) * 12;
  return (
    <>
      <span className={styles.guides} style={{ width: indent }} aria-hidden />
      {row.open === null ? (
        <span className={styles.leaf} />
      ) : (
        <button
          type="button"
          tabIndex={-1}
          className={styles.toggle}
          aria-label={row.open ? t('collapse') : t('expand')}
          onClick={(event) => {
            event.stopPropagation();
            onToggle(row);
          }}
        >
          <span aria-hidden>{row.open ? '▾' : '▸'}</span>
        </button>
      )}
      {row.level > deepest && <span className={styles.quiet}>{row.level} </span>}
      {children}
    </>
  );
}

function SpanCells(props: RowViewProps & { readonly node: Node }) {
  const { t } = useTranslation('trace');
  const { row, node, timing, rank, pins, corrected, onShowAll } = props;
  const { span, parent } = node;
  const skew = corrected ? 0 : skewMs(node);
  if (span === null) {
    const [first] = node.children;
    const said = t('ghost', {
      id: node.key.slice('missing.'.length),
      count: node.children.length,
      service: first?.span?.service,
    });
    return (
      <>
        <div role="gridcell" className={styles.name} title={said}>
          <Name {...props}>
            <em className={styles.ghostName}>{said}</em>
          </Name>
        </div>
        <div role="gridcell" className={styles.number} title={t('atLeast')}>
          ≥ {duration(node.durationMs)}
        </div>
        <div role="gridcell" className={styles.rank}>
          –
        </div>
        {pins.map((pin) => (
          <div role="gridcell" key={pin}>
            –
          </div>
        ))}
        <SpanBar {...props} />
      </>
    );
  }
  const isElsewhere = parent?.span?.service !== span.service;
  return (
    <>
      <div role="gridcell" className={styles.name} title={`${span.service} ${span.name}`}>
        <Name {...props}>
          <span className={styles.swatch} style={{ background: serviceFill(span.service) }} aria-hidden />
          {span.error && <ErrorMark origin={node.origin} />}
          {isElsewhere && <strong className={styles.service}>{span.service || t('unnamed', { ns: 'common' })}</strong>}
          <span className={styles.operation}>{span.name}</span>
          {skew < 0 && (
            <span className={styles.note} title={t('clockHelp')}>
              {t('clock', { skew: duration(skew) })}
            </span>
          )}
          {span.lateByMs !== null && (
            <span className={styles.note} title={t('late.help')}>
              {lateText(t, span.lateByMs)}
            </span>
          )}
          {node.cyclic && <span className={styles.note}>{t('cycle')}</span>}
        </Name>
        {row.leftOut > 0 && (
          <button
            type="button"
            tabIndex={-1}
            className={styles.more}
            title={t('leftOut', { count: row.leftOut })}
            onClick={(event) => {
              event.stopPropagation();
              onShowAll(node);
            }}
          >
            +{row.leftOut}
          </button>
        )}
        {row.open === false && (
          <span className={styles.more} title={t('belowCount', { count: node.below })}>
            {node.below}
            {node.failedBelow > 0 && <ErrorMark origin={false} />}
          </span>
        )}
      </div>
      <div role="gridcell" className={styles.number}>
        {duration(timing.durationMs[node.at])}
      </div>
      <div role="gridcell" className={styles.rank} {...(rank === null ? {} : { title: rank.title })}>
        {rank !== null && (
          <>
            <span className={rank.isHigh ? styles.high : ''}>{rank.text}</span> <span>{rank.usual}</span>
          </>
        )}
      </div>
      {pins.map((pin) => {
        const text = attributeText(span.otlp.attributes, pin) ?? attributeText(span.resource.attributes, pin) ?? '';
        return (
          <div role="gridcell" key={pin} className={styles.pin} title={text.slice(0, 1024)}>
            {text.slice(0, 128)}
          </div>
        );
      })}
      <SpanBar {...props} />
    </>
  );
}

export function ErrorMark({ origin }: { readonly origin: boolean }) {
  const { t } = useTranslation('trace');
  const said = origin ? t('origin') : t('failed');
  return (
    <span role="img" className={styles.error} aria-label={said} title={said}>
      {origin ? '◆' : '◇'}
    </span>
  );
}

function FoldCells(props: RowViewProps & { readonly fold: NonNullable<Row['fold']> }) {
  return (
    <>
      <div role="gridcell" className={styles.foldName}>
        <Name {...props}>
          <FoldText fold={props.fold} />
        </Name>
      </div>
      <FoldBar {...props} />
    </>
  );
}
