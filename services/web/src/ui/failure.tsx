import type { ErrorComponentProps } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { ApiFailure } from '../api/client.ts';
import { Button } from './button.tsx';
import styles from './notes.module.css';

export interface FailureProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** What went wrong, and what to do about it. */
export function Failure({ error, onRetry }: FailureProps) {
  const { t } = useTranslation();
  const failure = error instanceof ApiFailure ? error : null;
  const message =
    failure?.status === 0 ? t('failed.unreachable') : error instanceof Error ? error.message : String(error);
  return (
    <div role="alert" className={styles.failure}>
      <strong>{t('failed.title')}</strong>
      <p>{message}</p>
      {(failure?.code === 'too_much' || failure?.code === 'timeout') && <p>{t('failed.askLess')}</p>}
      {onRetry !== undefined && (
        <Button quiet onClick={onRetry}>
          {t('retry')}
        </Button>
      )}
    </div>
  );
}

/** Of a whole page, as the router shows it. */
export function PageFailed({ error, reset }: ErrorComponentProps) {
  return <Failure error={error} onRetry={reset} />;
}
