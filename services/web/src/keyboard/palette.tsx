import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import * as Ariakit from '@ariakit/react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { get } from '../api/client.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Button } from '../ui/button.tsx';
import { shownKey } from './key-names.ts';
import { useShortcuts } from './keyboard.tsx';
import styles from './palette.module.css';

interface Goal {
  readonly id: string;
  readonly label: string;
  readonly go: () => void;
}

/** ⌘K: pages, services, and any trace whose id is pasted. */
export function Palette() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  useShortcuts([{ keys: ['mod+k'], label: t('keys.palette'), run: () => setOpen(true) }]);
  const services = useQuery({
    queryKey: ['services'],
    queryFn: async ({ signal }) => (await get('services', { signal })).services,
    enabled: open,
  });
  const goals = useMemo<readonly Goal[]>(() => {
    const to =
      (path: string, search: object = {}) =>
      () =>
        void navigate({ to: path, search } as never);
    const id = text.trim().toLowerCase();
    if (/^[0-9a-f]{16,32}$/.test(id)) {
      return [{ id, label: t('palette.trace', { id }), go: to(`/trace/${id.padStart(32, '0')}`) }];
    }
    const pages = (['search', 'map', 'operations', 'pipeline', 'rollups'] as const).map((name) => ({
      id: name,
      label: t(`nav.${name}`),
      go: to(`/${name}`),
    }));
    const named = [...new Set((services.data ?? []).map(({ name }) => name))].map((name) => ({
      id: `service ${name}`,
      label: name,
      go: to('/operations', { service: name }),
    }));
    return [...pages, ...named].filter(({ label }) => label.toLowerCase().includes(id)).slice(0, 20);
  }, [text, services.data, navigate, t]);
  const choose = (goal: Goal | undefined) => {
    if (goal === undefined) return;
    setOpen(false);
    setText('');
    goal.go();
  };
  return (
    <>
      <Button onClick={() => setOpen(true)} quiet>
        {t('keys.palette')} <kbd className={styles.hint}>{shownKey('mod+k')}</kbd>
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} label={t('palette.label')}>
        <Ariakit.ComboboxProvider value={text} setValue={setText} resetValueOnHide={false} open>
          <Ariakit.Combobox
            className={styles.input}
            autoSelect
            aria-label={t('palette.label')}
            placeholder={t('palette.label')}
            onKeyDown={(event) => {
              // Typed or pasted and sent off in one go, before the list was drawn.
              if (event.key === 'Enter' && goals.length === 1) choose(goals[0]);
            }}
          />
          <Ariakit.ComboboxList className={styles.list} alwaysVisible>
            {goals.map((goal) => (
              <Ariakit.ComboboxItem
                key={goal.id}
                value={goal.label}
                setValueOnClick={false}
                className={styles.item}
                onClick={() => choose(goal)}
              >
                {goal.label}
              </Ariakit.ComboboxItem>
            ))}
            {goals.length === 0 && <p className={styles.empty}>{t('palette.empty')}</p>}
          </Ariakit.ComboboxList>
        </Ariakit.ComboboxProvider>
      </Dialog>
    </>
  );
}
