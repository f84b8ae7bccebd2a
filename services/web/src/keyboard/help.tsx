import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { Dialog } from '../ui/dialog.tsx';
import { IconButton } from '../ui/menu.tsx';
import styles from './help.module.css';
import { useAllShortcuts, useShortcuts } from './keyboard.tsx';

/** `?`: the keys that work on this page. */
export function KeyboardHelp() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  useShortcuts([{ keys: ['?'], label: t('keys.help'), run: () => setOpen(true) }]);
  const all = useAllShortcuts().flat();
  return (
    <>
      <IconButton label={t('keys.help')} onClick={() => setOpen(true)}>
        ?
      </IconButton>
      <Dialog open={open} onClose={() => setOpen(false)} title={t('keys.title')}>
        <dl className={styles.keys}>
          {all.map(({ keys, label }) => (
            <div key={keys.join(' ')}>
              <dt>
                {keys.map((key) => (
                  <kbd key={key}>{shown(key)}</kbd>
                ))}
              </dt>
              <dd>{label}</dd>
            </div>
          ))}
        </dl>
      </Dialog>
    </>
  );
}

const names: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
};

function shown(key: string): string {
  const mod = navigator.platform.startsWith('Mac') ? '⌘ ' : 'Ctrl ';
  return key.startsWith('mod+') ? `${mod}${key.slice(4).toUpperCase()}` : (names[key] ?? key);
}
