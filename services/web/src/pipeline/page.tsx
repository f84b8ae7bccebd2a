import { createLazyRoute } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { addTexts } from '../i18n/i18n.ts';
import en from './texts.en.ts';
import zh from './texts.zh.ts';

addTexts('pipeline', en, zh);

export const pipeline = createLazyRoute('/pipeline')({ component: Page });

function Page() {
  const { t } = useTranslation('pipeline');
  return <h1>{t('title')}</h1>;
}
