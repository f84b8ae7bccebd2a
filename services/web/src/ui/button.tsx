import type { ReactNode } from 'react';
import * as Ariakit from '@ariakit/react';

import styles from './button.module.css';

export interface ButtonProps {
  readonly children: ReactNode;
  readonly onClick?: () => void;
  readonly type?: 'button' | 'submit';
  /** Without a frame of the accent colour: what is not the one thing to do here. */
  readonly quiet?: boolean;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly title?: string;
}

export function Button({ children, quiet = false, pressed, type = 'button', ...rest }: ButtonProps) {
  return (
    <Ariakit.Button
      {...rest}
      type={type}
      className={`${styles.button} ${quiet ? styles.quiet : ''}`}
      {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
    >
      {children}
    </Ariakit.Button>
  );
}
