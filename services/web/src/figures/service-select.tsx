import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { get } from '../api/client.ts';
import { Select } from './select.tsx';
import './texts.ts';

export interface ServiceSelectProps {
  readonly service: string | undefined;
  readonly onChange: (service: string | undefined) => void;
}

export function ServiceSelect({ service, onChange }: ServiceSelectProps) {
  const { t } = useTranslation('figures');
  const { t: common } = useTranslation();
  const services = useQuery({
    queryKey: ['services'],
    queryFn: async ({ signal }) => (await get('services', { signal })).services,
  });
  const names = new Set((services.data ?? []).map(({ name }) => name));
  if (service !== undefined) names.add(service);
  return (
    <Select
      label={common('service')}
      value={service ?? ''}
      options={[['', t('allServices')], ...[...names].toSorted().map((name) => [name, name] as const)]}
      onChange={(value) => onChange(value === '' ? undefined : value)}
    />
  );
}
