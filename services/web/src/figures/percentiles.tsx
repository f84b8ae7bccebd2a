import { useTranslation } from 'react-i18next';

import { Button } from '../ui/button.tsx';
import styles from './figures.module.css';
import './texts.ts';

const offered = [0.5, 0.75, 0.9, 0.95, 0.99, 0.999] as const;
export const defaultQuantiles = '0.5,0.95,0.99';

/** As the API names them: `p99.9`. */
export function quantileName(quantile: number): string {
  return `p${Number((quantile * 100).toPrecision(6))}`;
}

/** Numbers between 0 and 1 of a text with commas, in their order; the usual ones where there is none. */
export function quantilesOf(text: string | undefined): readonly number[] {
  const all = (text ?? defaultQuantiles).split(',').map(Number);
  const known = offered.filter((each) => all.includes(each));
  return known.length === 0 ? [0.5, 0.95, 0.99] : known;
}

export interface PercentilesProps {
  readonly quantiles: readonly number[];
  readonly onChange: (quantiles: string) => void;
}

/** Which percentiles are drawn; at least one. */
export function Percentiles({ quantiles, onChange }: PercentilesProps) {
  const { t } = useTranslation('figures');
  return (
    <fieldset className={styles.choices}>
      <legend>{t('percentiles')}</legend>
      {offered.map((quantile) => {
        const isDrawn = quantiles.includes(quantile);
        const next = isDrawn ? quantiles.filter((each) => each !== quantile) : [...quantiles, quantile];
        return (
          <Button
            key={quantile}
            quiet
            pressed={isDrawn}
            disabled={next.length === 0}
            onClick={() => onChange(next.toSorted((a, b) => a - b).join(','))}
          >
            {quantileName(quantile)}
          </Button>
        );
      })}
    </fieldset>
  );
}
