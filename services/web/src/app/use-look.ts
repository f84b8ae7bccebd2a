import { useSearch } from '@tanstack/react-router';
import { useEffect, useLayoutEffect } from 'react';
import { useTranslation } from 'react-i18next';

import { preferredLanguage, rememberedLanguage } from '../i18n/i18n.ts';
import { preferredTheme, rememberedTheme } from './theme.ts';

/** Shows the page in the theme and language that its URL says, and writes into the URL what only this browser knows. */
export function useLook(): void {
  const { i18n } = useTranslation();
  const { lang, theme } = useSearch({ from: '__root__' });
  useLayoutEffect(() => {
    document.documentElement.dataset['theme'] = preferredTheme(theme);
  }, [theme]);
  useEffect(() => {
    void i18n.changeLanguage(lang ?? preferredLanguage());
  }, [lang, i18n]);
  useEffect(() => {
    const missing = Object.entries({
      lang: lang === undefined ? rememberedLanguage() : undefined,
      theme: theme === undefined ? rememberedTheme() : undefined,
    });
    const url = new URL(location.href);
    for (const [name, value] of missing) if (value !== undefined) url.searchParams.set(name, value);
    // With the state that is there, it stays the same visit: its rows and its scroll are found by that.
    if (url.href !== location.href) history.replaceState(history.state, '', url);
  }, [lang, theme]);
}
