import { createLazyRoute } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { defaultRange } from '../app/search-params.ts';
import { addTexts } from '../i18n/i18n.ts';
import { RangePicker } from '../ui/range-picker.tsx';
import { Flow } from './flow.tsx';
import type { Changes } from './params.ts';
import styles from './pipeline.module.css';
import { Storage } from './storage.tsx';
import en from './texts.en.ts';
import zh from './texts.zh.ts';

addTexts('pipeline', en, zh);

export const pipeline = createLazyRoute('/pipeline')({ component: Page });

function Page() {
  const { t } = useTranslation('pipeline');
  const params = pipeline.useSearch();
  const navigate = pipeline.useNavigate();
  const change = (next: Changes) =>
    void navigate({ to: '.', search: (before: object) => ({ ...before, ...next }), resetScroll: false } as never);
  const range = { from: params.from ?? defaultRange.from, to: params.to ?? defaultRange.to };
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1>{t('title')}</h1>
        <RangePicker range={range} onChange={change} />
      </div>
      <div className={styles.flow}>
        <Flow params={params} onChange={change} />
      </div>
      <Storage params={params} onChange={change} />
    </div>
  );
}
