import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { addTexts } from '../i18n/i18n.ts';
import en from './texts.en.ts';
import zh from './texts.zh.ts';
import type { OtlpTraces } from './model/otlp.ts';
import { spansOf } from './model/span.ts';
import type { Source } from './query.ts';
import styles from './trace.module.css';

addTexts('trace', en, zh);

/** Where the trace of a file is held while its tab is open. */
export function fileKey(traceId: string) {
  return ['trace file', traceId] as const;
}

/** Opens a trace file (OTLP JSON, as it is downloaded here) that is dropped anywhere on the page. */
export function TraceDrop() {
  const { t } = useTranslation('trace');
  const client = useQueryClient();
  const navigate = useNavigate();
  const [over, setOver] = useState(false);
  const [refused, setRefused] = useState(false);
  const openFile = useCallback(
    async (file: File) => {
      const source = sourceOf(await file.text());
      setRefused(source === null);
      if (source === null) return;
      const { traceId } = spansOf(source.otlp);
      client.setQueryDefaults(fileKey(traceId), { gcTime: Number.POSITIVE_INFINITY });
      client.setQueryData(fileKey(traceId), source);
      await navigate({ to: '/trace/$traceId', params: { traceId }, search: { file: true } });
    },
    [client, navigate],
  );
  useEffect(() => {
    const hasFile = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
    const onOver = (event: DragEvent) => {
      if (!hasFile(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const onLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent) => {
      setOver(false);
      const file = event.dataTransfer?.files[0];
      if (file === undefined) return;
      event.preventDefault();
      void openFile(file);
    };
    addEventListener('dragover', onOver);
    addEventListener('dragleave', onLeave);
    addEventListener('drop', onDrop);
    return () => {
      removeEventListener('dragover', onOver);
      removeEventListener('dragleave', onLeave);
      removeEventListener('drop', onDrop);
    };
  }, [openFile]);
  if (refused) {
    return (
      <div role="alert" className={styles.refused}>
        {t('file.refused')}{' '}
        <button type="button" onClick={() => setRefused(false)}>
          {t('close', { ns: 'common' })}
        </button>
      </div>
    );
  }
  return over ? <div className={styles.drop}>{t('file.drop')}</div> : null;
}

/** Null where it is no trace: not JSON, or without spans. */
function sourceOf(text: string): Source | null {
  try {
    const read = JSON.parse(text) as OtlpTraces & { readonly trace?: OtlpTraces };
    // An answer of the API holds it one level deeper.
    const otlp = read.trace ?? read;
    return spansOf(otlp).spans.length === 0 ? null : { otlp, lateness: [], answer: null };
  } catch {
    return null;
  }
}
