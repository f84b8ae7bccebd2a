export const themes = ['light', 'dark'] as const;
export type Theme = (typeof themes)[number];

/** As the system has it: what a browser shows that remembers nothing. */
function systemTheme(): Theme {
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** What was chosen in this browser, where the system has another. */
export function rememberedTheme(): Theme | undefined {
  const chosen = themes.find((theme) => theme === localStorage.getItem('theme'));
  return chosen === systemTheme() ? undefined : chosen;
}

/** What the URL says, else what was chosen before, else as the system. */
export function preferredTheme(asked: Theme | undefined): Theme {
  return asked ?? rememberedTheme() ?? systemTheme();
}
