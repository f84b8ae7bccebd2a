import { useTranslation } from 'react-i18next';

import { foundOf, searchOf } from '../../search/found.ts';
import { type OtlpAttribute, valueText } from '../model/otlp.ts';
import type { TraceSpan } from '../model/span.ts';
import type { View } from '../view-model.ts';
import { Attribute } from './attribute.tsx';
import styles from './details.module.css';

interface Group {
  readonly scope: 'span' | 'resource' | 'scope';
  readonly attributes: readonly OtlpAttribute[];
}

/** Attributes of a span, of who sent it, and of the library that made it; those with a text in them, if one is asked for. */
export function AttributeList({ view, span }: { readonly view: View; readonly span: TraceSpan }) {
  const { t } = useTranslation('trace');
  const { params, change } = view;
  const found = searchOf(foundOf({ ...params }));
  const needle = (params.filter ?? '').toLowerCase();
  const groups: readonly Group[] = [
    { scope: 'span', attributes: span.otlp.attributes ?? [] },
    { scope: 'resource', attributes: span.resource.attributes ?? [] },
    { scope: 'scope', attributes: scopeAttributes(span) },
  ];
  const shown = groups
    .map(({ scope, attributes }) => ({
      scope,
      attributes: attributes
        .map(({ key, value }) => ({ key, text: valueText(value) }))
        .filter(({ key, text }) => `${key}\n${text}`.toLowerCase().includes(needle))
        .toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    }))
    .filter(({ attributes }) => attributes.length > 0);
  return (
    <section className={styles.section}>
      <input
        type="search"
        className={styles.filter}
        value={params.filter ?? ''}
        placeholder={t('details.filter')}
        aria-label={t('details.filter')}
        onChange={(event) => change({ filter: event.target.value || undefined })}
      />
      {shown.length === 0 && <p className={styles.quiet}>{t('details.noAttributes')}</p>}
      {shown.map(({ scope, attributes }) => (
        <div key={scope}>
          <h3>{t(`details.scopes.${scope}`)}</h3>
          <dl className={styles.attributes}>
            {attributes.map(({ key, text }) => (
              <Attribute key={key} scope={scope} name={key} text={text} found={found} view={view} />
            ))}
          </dl>
        </div>
      ))}
    </section>
  );
}

function scopeAttributes({ scope }: TraceSpan): readonly OtlpAttribute[] {
  const named = (key: string, stringValue: string | undefined) =>
    stringValue === undefined || stringValue === '' ? [] : [{ key, value: { stringValue } }];
  return [...named('name', scope.name), ...named('version', scope.version), ...(scope.attributes ?? [])];
}
