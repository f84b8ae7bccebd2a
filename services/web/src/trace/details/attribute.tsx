import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { SearchParams } from '../../search/params.ts';
import { withSpan } from '../../search/tokens.ts';
import { condition } from '../model/query-text.ts';
import type { View } from '../view-model.ts';
import styles from './details.module.css';
import { LongText } from './long-text.tsx';

export interface AttributeProps {
  readonly scope: 'span' | 'resource' | 'scope';
  readonly name: string;
  readonly text: string;
  /** What found the trace: filters add to it. */
  readonly found: SearchParams;
  readonly view: View;
}

export function Attribute({ scope, name, text, found, view }: AttributeProps) {
  const { t } = useTranslation('trace');
  const { params, change } = view;
  const [copied, setCopied] = useState(false);
  const pins = params.pins ?? [];
  const isPinned = pins.includes(name);
  const filtered = (scope: 'span' | 'resource', isThere: boolean): SearchParams => ({
    ...found,
    q: withSpan(found.q ?? '', condition(scope, name, text), isThere),
  });
  return (
    <div className={styles.attribute}>
      <dt title={name}>{name}</dt>
      <dd>
        <LongText id={`${scope}.${name}`} text={text} view={view} />
        <span className={styles.actions}>
          <button
            type="button"
            aria-label={t('details.copy', { name })}
            title={t('details.copy', { name })}
            onClick={() => {
              void navigator.clipboard.writeText(text).then(() => setCopied(true));
            }}
          >
            {copied ? '✓' : '⧉'}
          </button>
          {scope !== 'scope' && (
            <>
              <Link
                to="/search"
                search={filtered(scope, true)}
                preload={false}
                aria-label={t('details.filterFor', { name })}
                title={t('details.filterFor', { name })}
              >
                =
              </Link>
              <Link
                to="/search"
                search={filtered(scope, false)}
                preload={false}
                aria-label={t('details.filterOut', { name })}
                title={t('details.filterOut', { name })}
              >
                ≠
              </Link>
              <button
                type="button"
                aria-pressed={isPinned}
                aria-label={t('details.pin', { name })}
                title={t('details.pin', { name })}
                onClick={() => change({ pins: isPinned ? pins.filter((other) => other !== name) : [...pins, name] })}
              >
                ⫼
              </button>
            </>
          )}
        </span>
      </dd>
    </div>
  );
}
