import { useTranslation } from 'react-i18next';

import type { PipelineAnswer } from '../api/answers.ts';
import { duration } from '../format/duration.ts';
import { count } from '../format/number.ts';
import { Badge } from '../ui/badge.tsx';
import { Time } from '../ui/time.tsx';
import styles from './pipeline.module.css';

type Audit = PipelineAnswer['lastAudit'];

const wrongs = ['missing', 'doubled', 'unknown', 'expiredUnread'] as const;

/** What the last audit found, and how to run one. */
export function LastAudit({ audit }: { readonly audit: Audit }) {
  const { t } = useTranslation('pipeline');
  return (
    <section className={styles.section} aria-labelledby="last-audit">
      <h2 id="last-audit">{t('audit.title')}</h2>
      {audit === null ? (
        <p>{t('audit.never')}</p>
      ) : (
        <>
          <p className={styles.verdict}>
            {audit.clean ? <Badge tone="plain">{t('audit.clean')}</Badge> : <Wrong audit={audit} />}
            <span>
              <Time at={audit.at} /> · {t('audit.took', { time: duration(audit.durationSeconds * 1000) })}
            </span>
          </p>
          <p>
            {t('audit.found', {
              acknowledged: count(audit.acknowledged),
              stored: count(audit.stored),
              dead: count(audit.deadLettered),
              inFlight: count(audit.inFlight),
            })}{' '}
            {t('audit.partitions', { count: audit.partitions })}
          </p>
        </>
      )}
      <p className={styles.quiet}>
        {t('audit.how')} <b>spanloom audit</b>
      </p>
    </section>
  );
}

function Wrong({ audit }: { readonly audit: NonNullable<Audit> }) {
  const { t } = useTranslation('pipeline');
  return wrongs
    .filter((name) => audit[name] > 0)
    .map((name) => (
      <Badge key={name} tone="bad">
        {t(`audit.${name}`, { shown: count(audit[name]) })}
      </Badge>
    ));
}
