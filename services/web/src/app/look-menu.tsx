import { useNavigate } from '@tanstack/react-router';
import { useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { type Language, preferredLanguage } from '../i18n/i18n.ts';
import { IconButton, Menu, MenuRadio } from '../ui/menu.tsx';
import { preferredTheme, type Theme } from './theme.ts';

/** Theme and language: in the URL, and remembered by this browser for pages that are opened without. */
export function LookMenu() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { lang, theme } = useSearch({ from: '__root__' });
  const choose = (name: 'lang' | 'theme', value: string) => {
    localStorage.setItem(name, value);
    void navigate({ to: '.', search: (before: object) => ({ ...before, [name]: value }), replace: true } as never);
  };
  return (
    <>
      <IconButton
        label={t('theme.label')}
        onClick={() => choose('theme', (preferredTheme(theme) === 'dark' ? 'light' : 'dark') satisfies Theme)}
      >
        ◐
      </IconButton>
      <Menu label={t('language')} trigger={<Globe />}>
        {(
          [
            ['en', 'English'],
            ['zh-CN', '简体中文'],
          ] as const satisfies readonly (readonly [Language, string])[]
        ).map(([value, name]) => (
          <MenuRadio
            key={value}
            checked={(lang ?? preferredLanguage()) === value}
            onSelect={() => choose('lang', value)}
          >
            <span lang={value}>{name}</span>
          </MenuRadio>
        ))}
      </Menu>
    </>
  );
}

function Globe() {
  return (
    <svg width="15" height="15" viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.2" aria-hidden>
      <circle cx="8" cy="8" r="6.4" />
      <ellipse cx="8" cy="8" rx="2.8" ry="6.4" />
      <path d="M1.6 8h12.8M2.6 4.7h10.8M2.6 11.3h10.8" />
    </svg>
  );
}
