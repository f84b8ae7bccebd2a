import { createLazyRoute } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { addTexts } from '../i18n/i18n.ts';
import en from './texts.en.ts';
import zh from './texts.zh.ts';

addTexts('search', en, zh);

export const landing = createLazyRoute('/')({ component: Page });

export const search = createLazyRoute('/search')({ component: Page });

function Page() {
  const { t } = useTranslation('search');
  return <h1>{t('title')}</h1>;
}
