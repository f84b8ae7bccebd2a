import { createLazyRoute } from '@tanstack/react-router';

import { addTexts } from '../i18n/i18n.ts';
import { LandingPage } from './landing/landing-page.tsx';
import { SearchPage } from './search-page.tsx';
import en from './texts.en.ts';
import zh from './texts.zh.ts';

addTexts('search', en, zh);

export const landing = createLazyRoute('/')({ component: LandingPage });

export const search = createLazyRoute('/search')({ component: SearchPage });
