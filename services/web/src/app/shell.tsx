import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';

import { KeyboardHelp } from '../keyboard/help.tsx';
import { KeyboardProvider } from '../keyboard/keyboard.tsx';
import { LookMenu } from './look-menu.tsx';
import { PageKeys } from './page-keys.tsx';
import { Palette } from '../keyboard/palette.tsx';
import { Waiting } from '../ui/waiting.tsx';
import styles from './shell.module.css';
import { useLook } from './use-look.ts';

const TraceDrop = lazy(async () => ({ default: (await import('../trace/file.tsx')).TraceDrop }));

const pages = [
  ['/search', 'search'],
  ['/map', 'map'],
  ['/operations', 'operations'],
  ['/pipeline', 'pipeline'],
  ['/rollups', 'rollups'],
] as const;

/** What is around every page: the way to the others, and the keys that work everywhere. */
export function Shell() {
  const { t } = useTranslation();
  useLook();
  const range = useRouterState({ select: ({ location }) => location.search as { from?: string; to?: string } });
  const kept = { ...(range.from && { from: range.from }), ...(range.to && { to: range.to }) };
  return (
    <KeyboardProvider>
      <PageKeys />
      <a className={styles.skip} href="#content">
        {t('skip')}
      </a>
      <header className={styles.header}>
        <Link to="/" className={styles.brand}>
          Spanloom
        </Link>
        <nav aria-label={t('nav.label')} className={styles.nav}>
          {pages.map(([to, name]) => (
            <Link key={to} to={to} search={kept} activeOptions={{ exact: false, includeSearch: false }}>
              {t(`nav.${name}`)}
            </Link>
          ))}
        </nav>
        <Palette />
        <KeyboardHelp />
        <LookMenu />
      </header>
      <main id="content" tabIndex={-1} className={styles.main}>
        <Outlet />
        <Waiting />
        <Suspense>
          <TraceDrop />
        </Suspense>
      </main>
    </KeyboardProvider>
  );
}
