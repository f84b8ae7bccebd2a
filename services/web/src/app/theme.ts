export const themes = ['light', 'dark'] as const;
export type Theme = (typeof themes)[number];

/** What the URL says, else what was chosen before, else as the system. */
export function preferredTheme(asked: Theme | undefined): Theme {
  const chosen = asked ?? localStorage.getItem('theme');
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}
