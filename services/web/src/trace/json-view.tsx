import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { bytes } from '../format/number.ts';
import { Button } from '../ui/button.tsx';
import type { OtlpTraces } from './model/otlp.ts';
import styles from './trace.module.css';
import type { View } from './view-model.ts';

/** More would take the page seconds to lay out. */
const shownCharacters = 100_000;

/** The trace as OTLP JSON, or the selected span of it. */
export function JsonView({ view, otlp }: { readonly view: View; readonly otlp: OtlpTraces }) {
  const { t } = useTranslation('trace');
  const [copied, setCopied] = useState(false);
  const { selected, tree } = view;
  const span = selected?.span ?? null;
  const shown = useMemo(() => {
    const of = span === null ? otlp : { resource: span.resource, scope: span.scope, span: span.otlp };
    return JSON.stringify(of, null, 2);
  }, [otlp, span]);
  return (
    <div className={styles.json}>
      <p className={styles.jsonBar}>
        {span === null ? t('json.trace') : t('json.span', { name: span.name })} · {bytes(shown.length)}
        {span !== null && (
          <Button quiet onClick={() => view.change({ span: undefined, details: undefined })}>
            {t('json.whole')}
          </Button>
        )}
        <Button
          quiet
          onClick={() => {
            void navigator.clipboard.writeText(shown).then(() => setCopied(true));
          }}
        >
          {copied ? t('copied') : t('copy', { ns: 'common' })}
        </Button>
        <Button quiet onClick={() => download(`${tree.traceId}.json`, JSON.stringify(otlp))}>
          {t('json.download')}
        </Button>
      </p>
      <pre tabIndex={0} aria-label={t('views.json')}>
        {shown.slice(0, shownCharacters)}
      </pre>
      {shown.length > shownCharacters && (
        <p className={styles.quiet}>{t('json.cut', { size: bytes(shownCharacters) })}</p>
      )}
    </div>
  );
}

function download(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
