import { CancelledError } from '@tanstack/react-query';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { ApiFailure } from '../api/client.ts';
import { Button } from './button.tsx';
import { Empty } from './empty.tsx';
import styles from './notes.module.css';

export interface FailureProps {
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
}

/** What went wrong, and what to do about it. */
export function Failure({ error, onRetry }: FailureProps) {
  const { t } = useTranslation();
  if (error instanceof CancelledError) {
    return (
      <Empty title={t('waiting.cancelled')}>
        <Retry onRetry={onRetry} />
      </Empty>
    );
  }
  const failure = error instanceof ApiFailure ? error : null;
  const message =
    failure?.status === 0 ? t('failed.unreachable') : error instanceof Error ? error.message : String(error);
  return (
    <div role="alert" className={styles.failure}>
      <strong>{t('failed.title')}</strong>
      <p>{message}</p>
      {(failure?.code === 'too_much' || failure?.code === 'timeout') && <p>{t('failed.askLess')}</p>}
      <Retry onRetry={onRetry} />
    </div>
  );
}

function Retry({ onRetry }: Pick<FailureProps, 'onRetry'>) {
  const { t } = useTranslation();
  if (onRetry === undefined) return null;
  return (
    <Button quiet onClick={onRetry}>
      {t('retry')}
    </Button>
  );
}

/** Of a whole page, as the router shows it. */
export function PageFailed({ error, reset }: ErrorComponentProps) {
  return <Failure error={error} onRetry={reset} />;
}
