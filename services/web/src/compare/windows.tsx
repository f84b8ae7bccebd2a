import { useTranslation } from 'react-i18next';

import { Empty } from '../ui/empty.tsx';

/** What changed from one window to another. */
export function WindowComparison() {
  const { t } = useTranslation('compare');
  return <Empty title={t('choose')} />;
}
