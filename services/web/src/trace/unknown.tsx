import { useTranslation } from 'react-i18next';

import { ApiFailure } from '../api/client.ts';
import { Empty } from '../ui/empty.tsx';
import { Failure } from '../ui/failure.tsx';

const reasons = ['never_seen', 'expired', 'not_in_retention'] as const;

export interface UnknownProps {
  readonly error: unknown;
  readonly traceId: string;
  readonly onRetry: () => void;
}

/** Why there is no trace of this id. It opens by itself when its first span comes. */
export function Unknown({ error, traceId, onRetry }: UnknownProps) {
  const { t } = useTranslation('trace');
  const failure = error instanceof ApiFailure ? error : null;
  if (failure?.status === 400) {
    return (
      <Empty title={t('unknown.malformed')}>
        <p>{t('unknown.malformedHelp')}</p>
        <code>{traceId.slice(0, 128)}</code>
      </Empty>
    );
  }
  if (failure?.status !== 404) return <Failure error={error} onRetry={onRetry} />;
  const reason = reasons.find((each) => each === failure.reason) ?? 'never_seen';
  const days = failure.retentionDays ?? 0;
  return (
    <Empty title={t(`unknown.${reason}`, { days })}>
      <p>{t(`unknown.${reason}_help`, { days })}</p>
      <code>{traceId}</code>
      {reason === 'never_seen' && <p>{t('unknown.waiting')}</p>}
    </Empty>
  );
}
