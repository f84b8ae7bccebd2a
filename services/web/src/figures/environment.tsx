import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { get } from '../api/client.ts';
import { Select } from './select.tsx';
import './texts.ts';

export interface EnvironmentFilterProps {
  readonly environment: string | undefined;
  readonly onChange: (environment: string | undefined) => void;
}

/** Figures of one environment or of all; not there where there is only one to choose. */
export function EnvironmentFilter({ environment, onChange }: EnvironmentFilterProps) {
  const { t } = useTranslation('figures');
  const services = useQuery({
    queryKey: ['services'],
    queryFn: async ({ signal }) => (await get('services', { signal })).services,
  });
  const known = new Set((services.data ?? []).map((service) => service.environment).filter((name) => name !== ''));
  if (environment !== undefined) known.add(environment);
  if (known.size === 0 || (known.size === 1 && environment === undefined)) return null;
  const names = [...known].toSorted().map((name) => [name, name] as const);
  return (
    <Select
      label={t('environment')}
      value={environment ?? ''}
      options={[['', t('allEnvironments')], ...names]}
      onChange={(value) => onChange(value === '' ? undefined : value)}
    />
  );
}
