import { useSearch } from '@tanstack/react-router';

import { preferredTheme, type Theme } from '../app/theme.ts';

/** What is drawn on a canvas has to be drawn anew in another theme. */
export function useTheme(): Theme {
  const { theme } = useSearch({ from: '__root__' });
  return preferredTheme(theme);
}
