import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { Dialog } from '../ui/dialog.tsx';
import { IconButton } from '../ui/menu.tsx';
import styles from './help.module.css';
import { shownKey } from './key-names.ts';
import { type Shortcut, useAllShortcuts, useShortcuts } from './keyboard.tsx';

/** `?`: the keys that work on this page. */
export function KeyboardHelp() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  useShortcuts([{ keys: ['?'], label: t('keys.help'), run: () => setOpen(true) }]);
  const all = useWanted();
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
                  <kbd key={key}>{shownKey(key)}</kbd>
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

/** Each key once, and only what it does here: the newest who wants it. */
function useWanted(): readonly Shortcut[] {
  const all = useAllShortcuts().flat();
  return all.filter(({ keys }, at) => !all.some((other, later) => later > at && other.keys[0] === keys[0]));
}
