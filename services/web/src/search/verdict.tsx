import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { Badge } from '../ui/badge.tsx';
import { count } from '../format/number.ts';
import { missingOf } from './missing.ts';
import styles from './results.module.css';
import { traceQuery } from './queries.ts';
import type { TraceSummary } from './queries.ts';

/** Above it, what is missing is not looked up for a list: all of the trace would have to come. */
const maxSpans = 2000;

/** What is wrong with a trace, and nothing where nothing is. */
export function Verdict({ trace }: { readonly trace: TraceSummary }) {
  const { t } = useTranslation('search');
  return (
    <span className={styles.verdict}>
      {trace.errorCount > 0 && (
        <Badge tone="bad">
          <span aria-hidden>✕ </span>
          {t('verdict.errors', { count: trace.errorCount, text: count(trace.errorCount) })}
        </Badge>
      )}
      {!trace.complete && (
        <>
          <Badge tone="warn">
            <span aria-hidden>◌ </span>
            {t('verdict.incomplete')}
          </Badge>
          <Missing trace={trace} />
        </>
      )}
      {trace.fragmentCount > 1 && <Badge tone="plain">{t('verdict.late', { count: trace.fragmentCount })}</Badge>}
    </span>
  );
}

function Missing({ trace }: { readonly trace: TraceSummary }) {
  const { t } = useTranslation('search');
  const answer = useQuery({ ...traceQuery(trace.traceId), enabled: trace.spanCount <= maxSpans });
  if (trace.spanCount > maxSpans || answer.data === undefined) return null;
  const missing = missingOf(answer.data);
  const text =
    missing === null
      ? t('verdict.roots', { count: answer.data.roots })
      : t('verdict.missing', { count: missing.count, name: missing.child });
  return (
    <span className={styles.missing} title={text}>
      {text}
    </span>
  );
}
