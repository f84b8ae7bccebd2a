import { createLazyRoute } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { addTexts } from '../i18n/i18n.ts';
import en from './texts.en.ts';
import zh from './texts.zh.ts';

addTexts('rollups', en, zh);

export const rollups = createLazyRoute('/rollups')({ component: Page });

function Page() {
  const { t } = useTranslation('rollups');
  return <h1>{t('title')}</h1>;
}
