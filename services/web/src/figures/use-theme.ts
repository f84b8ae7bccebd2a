import { useSearch } from '@tanstack/react-router';

import { preferredTheme, type Theme } from '../app/theme.ts';

export function useTheme(): Theme {
  const { theme } = useSearch({ from: '__root__' });
  return preferredTheme(theme);
}
