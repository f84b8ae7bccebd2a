import type { ReactNode } from 'react';
import * as Ariakit from '@ariakit/react';
import { useTranslation } from 'react-i18next';

import styles from './dialog.module.css';

export interface DialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  /** Shown above; without one, `label` names the dialog to those who do not see it. */
  readonly title?: string;
  readonly label?: string;
  readonly children: ReactNode;
}

export function Dialog({ open, onClose, title, label, children }: DialogProps) {
  const { t } = useTranslation();
  return (
    <Ariakit.Dialog
      open={open}
      onClose={onClose}
      unmountOnHide
      backdrop={<div className={styles.backdrop} />}
      className={styles.dialog}
      {...(title === undefined ? { 'aria-label': label } : {})}
    >
      {title !== undefined && (
        <header className={styles.head}>
          <Ariakit.DialogHeading className={styles.title}>{title}</Ariakit.DialogHeading>
          <Ariakit.DialogDismiss className={styles.dismiss} aria-label={t('close')} />
        </header>
      )}
      {children}
    </Ariakit.Dialog>
  );
}
