import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';

import en from './texts.en.ts';
import zh from './texts.zh.ts';
import { pseudo } from './pseudo.ts';

/** `en-XA` is English, made longer and accented: it shows what is cut, and what is not translated. */
export const languages = ['en', 'zh-CN', 'en-XA'] as const;
export type Language = (typeof languages)[number];

export function isLanguage(text: unknown): text is Language {
  return languages.includes(text as Language);
}

/** The first language of the browser that there is: what it shows where it remembers nothing. */
function systemLanguage(): Language {
  return navigator.languages.some((name) => name.startsWith('zh')) && !navigator.languages[0]?.startsWith('en')
    ? 'zh-CN'
    : 'en';
}

/** What was chosen in this browser, where it would show another by itself. */
export function rememberedLanguage(): Language | undefined {
  const chosen = localStorage.getItem('lang');
  return isLanguage(chosen) && chosen !== systemLanguage() ? chosen : undefined;
}

/** What the URL says, else what was chosen before, else as the browser. */
export function preferredLanguage(): Language {
  const asked = new URLSearchParams(location.search).get('lang');
  return isLanguage(asked) ? asked : (rememberedLanguage() ?? systemLanguage());
}

export async function startTexts(): Promise<void> {
  const language = preferredLanguage();
  i18next.use(initReactI18next).use({
    type: 'postProcessor',
    name: 'pseudo',
    process: (text: string) => (i18next.language === 'en-XA' ? pseudo(text) : text),
  });
  await i18next.init({
    lng: language,
    fallbackLng: 'en',
    ns: ['common'],
    defaultNS: 'common',
    resources: { en: { common: en }, 'zh-CN': { common: zh } },
    postProcess: 'pseudo',
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  document.documentElement.lang = language;
  i18next.on('languageChanged', (name) => {
    document.documentElement.lang = name;
  });
}

/** The shape that every translation of `Texts` has. */
export type Translated<Texts> = {
  readonly [Key in keyof Texts]: Texts[Key] extends string ? string : Translated<Texts[Key]>;
};

/**
 * The texts of a page, which come with its chunk: call it at the top of the module, and read them
 * with `useTranslation('name')`.
 */
export function addTexts<const Texts extends object>(name: string, en: Texts, zh: Translated<Texts>): void {
  i18next.addResourceBundle('en', name, en);
  i18next.addResourceBundle('zh-CN', name, zh);
}
