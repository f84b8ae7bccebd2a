import type { ReactNode } from 'react';
import * as Ariakit from '@ariakit/react';

import styles from './menu.module.css';

export interface IconButtonProps {
  /** What it does, for who cannot see the sign; shown on hover, too. */
  readonly label: string;
  readonly onClick?: () => void;
  readonly children: ReactNode;
  readonly pressed?: boolean;
}

export function IconButton({ label, onClick, children, pressed }: IconButtonProps) {
  return (
    <button
      type="button"
      className={styles.icon}
      aria-label={label}
      title={label}
      onClick={onClick}
      {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
    >
      <span aria-hidden>{children}</span>
    </button>
  );
}

export interface MenuProps {
  readonly label: string;
  readonly trigger: ReactNode;
  readonly children: ReactNode;
}

/** A button that opens a list of things to do or to choose. */
export function Menu({ label, trigger, children }: MenuProps) {
  return (
    <Ariakit.MenuProvider>
      <Ariakit.MenuButton className={styles.icon} aria-label={label} title={label}>
        {trigger}
      </Ariakit.MenuButton>
      <Ariakit.Menu className={styles.menu} gutter={4} portal unmountOnHide>
        {children}
      </Ariakit.Menu>
    </Ariakit.MenuProvider>
  );
}

export function MenuItem({ onSelect, children }: { readonly onSelect: () => void; readonly children: ReactNode }) {
  return (
    <Ariakit.MenuItem className={styles.item} onClick={onSelect}>
      {children}
    </Ariakit.MenuItem>
  );
}

export interface MenuRadioProps {
  readonly checked: boolean;
  readonly onSelect: () => void;
  readonly children: ReactNode;
}

export function MenuRadio({ checked, onSelect, children }: MenuRadioProps) {
  return (
    <Ariakit.MenuItem role="menuitemradio" aria-checked={checked} className={styles.item} onClick={onSelect}>
      <span className={styles.mark} aria-hidden>
        {checked ? '✓' : ''}
      </span>
      {children}
    </Ariakit.MenuItem>
  );
}
