import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { count } from '../format/number.ts';
import { Button } from '../ui/button.tsx';
import { type Piece, pieceLines, piecesOf, pieceText, wholeText } from './model/json.ts';
import type { OtlpTraces } from './model/otlp.ts';
import styles from './trace.module.css';
import type { View } from './view-model.ts';

/** The trace as OTLP JSON, or the selected span of it: what is seen of it is text, the rest becomes it when asked for. */
export function JsonView({ view, otlp }: { readonly view: View; readonly otlp: OtlpTraces }) {
  const { t } = useTranslation('trace');
  const [copied, setCopied] = useState(false);
  const { selected, tree } = view;
  const span = selected?.span ?? null;
  const whole = useMemo(() => piecesOf(otlp), [otlp]);
  const shown = useMemo<readonly Piece[]>(
    () =>
      span === null
        ? whole
        : [
            {
              type: 'item',
              depth: 0,
              object: { resource: span.resource, scope: span.scope, span: span.otlp },
              isLast: true,
            },
          ],
    [whole, span],
  );
  const copy = async () => {
    const text = wholeText(shown).then((blob) => new Blob([blob], { type: 'text/plain' }));
    await navigator.clipboard.write([new ClipboardItem({ 'text/plain': text })]);
    setCopied(true);
  };
  return (
    <div className={styles.json}>
      <p className={styles.jsonBar}>
        {span === null
          ? `${t('json.trace')} · ${t('spans', { count: tree.spanCount, shown: count(tree.spanCount) })}`
          : t('json.span', { name: span.name })}
        {span !== null && (
          <Button quiet onClick={() => view.change({ span: undefined, details: undefined })}>
            {t('json.whole')}
          </Button>
        )}
        <Button quiet onClick={() => void copy()}>
          {copied ? t('copied') : t('copy', { ns: 'common' })}
        </Button>
        <Button quiet onClick={() => void wholeText(whole).then((blob) => download(`${tree.traceId}.json`, blob))}>
          {t('json.download')}
        </Button>
      </p>
      <Lines key={span?.key} pieces={shown} />
    </div>
  );
}

const linePx = 18;
/** Pieces that become text together: with each of 50,000 by itself, to place them takes longer than to make the text. */
const together = 10;

function Lines({ pieces }: { readonly pieces: readonly Piece[] }) {
  const { t } = useTranslation('trace');
  const scroller = useRef<HTMLPreElement>(null);
  const at = (index: number) => pieces.slice(index * together, (index + 1) * together);
  // It is no compiler that memoises here.
  // oxlint-disable-next-line react/incompatible-library
  const virtual = useVirtualizer({
    count: Math.ceil(pieces.length / together),
    getScrollElement: () => scroller.current,
    estimateSize: (index) => at(index).reduce((lines, piece) => lines + pieceLines(piece), 0) * linePx,
    overscan: 1,
  });
  const items = virtual.getVirtualItems();
  return (
    <pre ref={scroller} tabIndex={0} aria-label={t('views.json')}>
      <div style={{ height: virtual.getTotalSize() }}>
        <div style={{ transform: `translateY(${items[0]?.start ?? 0}px)` }}>
          {items.map(({ index, key }) => (
            <div key={key} ref={virtual.measureElement} data-index={index}>
              {at(index).map(pieceText).join('\n')}
            </div>
          ))}
        </div>
      </div>
    </pre>
  );
}

function download(name: string, text: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(text);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
