import { useNavigate, useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useShortcuts } from '../keyboard/keyboard.tsx';
import styles from './page-keys.module.css';

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** The page was opened in order to write a query. */
    readonly focusQuery?: true;
  }
}

const noticeMs = 2000;

/** The keys that work on every page, unless the page has another use for them. */
export function PageKeys() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const router = useRouter();
  const [notice, setNotice] = useState('');
  useEffect(() => {
    if (notice === '') return;
    const timer = setTimeout(() => setNotice(''), noticeMs);
    return () => clearTimeout(timer);
  }, [notice]);
  const copyLink = async () => {
    await navigator.clipboard.writeText(location.href);
    setNotice(t('linkCopied'));
  };
  useShortcuts([
    {
      keys: ['/'],
      label: t('keys.query'),
      run: () => void navigate({ to: '/search', state: { focusQuery: true } }),
    },
    { keys: ['y'], label: t('keys.copyLink'), run: () => void copyLink() },
    {
      keys: ['Escape'],
      label: t('keys.back'),
      run: () => {
        if (router.history.canGoBack()) router.history.back();
      },
    },
  ]);
  return <output className={styles.notice}>{notice}</output>;
}
