import { useTranslation } from 'react-i18next';

import { bytes } from '../../format/number.ts';
import type { View } from '../view-model.ts';
import styles from './details.module.css';

/** No more of a value is in the page until it is asked for. */
export const shownCharacters = 1024;

export function LongText({ id, text, view }: { readonly id: string; readonly text: string; readonly view: View }) {
  const { t } = useTranslation('trace');
  const { params, change } = view;
  if (text.length <= shownCharacters || params.full?.includes(id) === true) return text;
  return (
    <>
      {text.slice(0, shownCharacters)}
      <button type="button" className={styles.all} onClick={() => change({ full: [...(params.full ?? []), id] })}>
        {t('details.showAll', { size: bytes(new Blob([text]).size) })}
      </button>
    </>
  );
}
