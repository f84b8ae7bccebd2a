import { useTranslation } from 'react-i18next';

import { Button } from '../ui/button.tsx';
import { Empty } from '../ui/empty.tsx';
import './texts.ts';

export interface NoFiguresProps {
  /** Null while nothing was stored at all. */
  readonly completeTo: string | null;
  readonly onLastDay: () => void;
}

/** Nothing happened in the window, or nothing ever did. */
export function NoFigures({ completeTo, onLastDay }: NoFiguresProps) {
  const { t } = useTranslation('figures');
  return (
    <Empty title={completeTo === null ? t('noData') : t('emptyWindow')}>
      <p>{t('emptyHelp')}</p>
      <Button quiet onClick={onLastDay}>
        {t('lastDay')}
      </Button>
    </Empty>
  );
}
