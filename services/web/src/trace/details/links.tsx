import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { useQuery } from '@tanstack/react-query';

import type { TracesIdAnswer } from '../../api/answers.ts';
import { linkUrl } from '../../api/links.ts';
import { settingsQuery } from '../../api/settings.ts';
import { ServiceLabel } from '../../ui/service.tsx';
import { Time } from '../../ui/time.tsx';
import { attributeText } from '../model/otlp.ts';
import type { TraceSpan } from '../model/span.ts';
import type { View } from '../view-model.ts';
import styles from './details.module.css';

export interface LinksProps {
  readonly span: TraceSpan;
  readonly linkedFrom: TracesIdAnswer['linkedFrom'];
}

/** Spans that this one names as what led to it, and spans of other traces that name this one. */
export function Links({ span, linkedFrom }: LinksProps) {
  const { t } = useTranslation('trace');
  const links = span.otlp.links ?? [];
  return (
    <>
      {links.length > 0 && (
        <section className={styles.section}>
          <h3>{t('details.links', { count: links.length })}</h3>
          <ul className={styles.links}>
            {links.map(({ traceId = '', spanId = '' }) => (
              <li key={`${traceId} ${spanId}`}>
                <Link to="/trace/$traceId" params={{ traceId }} search={{ span: spanId, details: true }}>
                  <code>
                    {traceId.slice(0, 16)}… {spanId}
                  </code>
                </Link>
              </li>
            ))}
          </ul>
        </section>
      )}
      {linkedFrom.length > 0 && (
        <section className={styles.section}>
          <h3>{t('details.linkedFrom', { count: linkedFrom.length })}</h3>
          <ul className={styles.links}>
            {linkedFrom.map(({ traceId, spanId, service, operation, startTime }) => (
              <li key={`${traceId} ${spanId}`}>
                <Link to="/trace/$traceId" params={{ traceId }} search={{ span: spanId, details: true }}>
                  <ServiceLabel service={service} /> {operation}
                </Link>{' '}
                <span className={styles.quiet}>
                  <Time at={startTime} />
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

/** Where the settings say that a span leads to: its logs, its pod. */
export function LinksOut({ view, span }: { readonly view: View; readonly span: TraceSpan }) {
  const { t } = useTranslation('trace');
  const { data } = useQuery(settingsQuery());
  const { tree } = view;
  const ends = {
    start: tree.startMs + Math.floor(view.timing.fromMs),
    end: tree.startMs + Math.ceil(view.timing.toMs),
  };
  const valueOf = (field: string): string | undefined => {
    const key = field.slice(field.indexOf('.') + 1);
    if (field === 'trace.id') return tree.traceId;
    if (field === 'trace.start' || field === 'trace.end') return String(ends[key as 'start' | 'end']);
    if (field === 'span.id') return span.id;
    return attributeText(field.startsWith('resource.') ? span.resource.attributes : span.otlp.attributes, key);
  };
  const links = (data?.links ?? []).flatMap((template) => {
    const href = linkUrl(template, valueOf);
    return href === null ? [] : [{ name: template.name, href }];
  });
  if (links.length === 0) return null;
  return (
    <nav className={styles.section} aria-label={t('details.linksOut')}>
      {links.map(({ name, href }) => (
        <a key={name} href={href} target="_blank" rel="noreferrer" className={styles.outward}>
          {name} ↗
        </a>
      ))}
    </nav>
  );
}
