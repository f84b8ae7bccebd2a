import { useTranslation } from 'react-i18next';

import { Empty } from '../ui/empty.tsx';
import { LastSpan, type LastSpanProps } from '../ui/last-span.tsx';
import './texts.ts';

/** Nothing happened in the window, or nothing ever did. */
export function NoFigures(props: LastSpanProps) {
  const { t } = useTranslation('figures');
  return (
    <Empty title={t('emptyWindow')}>
      <p>{t('emptyHelp')}</p>
      <LastSpan {...props} />
    </Empty>
  );
}
