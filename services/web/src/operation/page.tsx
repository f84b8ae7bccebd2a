import { createLazyRoute, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { defaultRange } from '../app/search-params.ts';
import en from '../edge/texts.en.ts';
import zh from '../edge/texts.zh.ts';
import { EnvironmentFilter } from '../figures/environment.tsx';
import { operationSpans } from '../figures/exemplars.ts';
import styles from '../figures/figures.module.css';
import { OverTime } from '../figures/over-time.tsx';
import { useChange } from '../figures/use-change.ts';
import { addTexts } from '../i18n/i18n.ts';
import { Empty } from '../ui/empty.tsx';
import { RangePicker } from '../ui/range-picker.tsx';
import { ServiceLabel } from '../ui/service.tsx';
import { Lists } from './lists.tsx';
import type { OperationParams, OperationsParams } from './params.ts';
import { ServiceSelect } from '../figures/service-select.tsx';

addTexts('edge', en, zh);

export const operations = createLazyRoute('/operations')({ component: OperationsPage });
export const operation = createLazyRoute('/operation')({ component: OperationPage });

function OperationsPage() {
  const { t } = useTranslation('edge');
  const params = operations.useSearch();
  const onChange = useChange<OperationsParams>();
  const { from = defaultRange.from, to = defaultRange.to, service, environment } = params;
  return (
    <>
      <div className={styles.bar}>
        <h1>{service === undefined ? t('operationsTitle') : t('operationsOf', { service })}</h1>
        <ServiceSelect service={service} onChange={(service) => onChange({ service })} />
        <Link
          to="/compare"
          search={{ from, to, of: 'operations', ...(service && { service }), ...(environment && { environment }) }}
        >
          {t('compare')}
        </Link>
        <EnvironmentFilter environment={environment} onChange={(environment) => onChange({ environment })} />
        <RangePicker range={{ from, to }} onChange={(range) => onChange(range)} />
      </div>
      <Lists params={params} onChange={onChange} />
    </>
  );
}

function OperationPage() {
  const { t } = useTranslation('edge');
  const params = operation.useSearch();
  const onChange = useChange<OperationParams>();
  const { from = defaultRange.from, to = defaultRange.to, service, operation: name, environment } = params;
  if (service === undefined || name === undefined) {
    return (
      <Empty title={t('noOperation')}>
        <p>{t('noOperationHelp')}</p>
        <Link to="/operations" search={service === undefined ? {} : { service }}>
          {t('toOperations')}
        </Link>
      </Empty>
    );
  }
  const window = { from, to, ...(environment && { environment }) };
  const q = `service = ${JSON.stringify(service)} and operation = ${JSON.stringify(name)}`;
  return (
    <div className={styles.sections}>
      <div className={styles.bar}>
        <h1>
          <Link to="/operations" search={{ ...window, service }}>
            <ServiceLabel service={service} />
          </Link>{' '}
          {name}
        </h1>
        <Link to="/search" search={{ from, to, q }}>
          {t('search')}
        </Link>
        <Link to="/compare" search={{ ...window, of: 'operations', service }}>
          {t('compare')}
        </Link>
        <EnvironmentFilter environment={environment} onChange={(environment) => onChange({ environment })} />
        <RangePicker range={{ from, to }} onChange={(range) => onChange(range)} />
      </div>
      <OverTime
        target={{ service, operation: name }}
        params={params}
        onChange={onChange}
        exemplars={operationSpans(service, name, environment)}
      />
    </div>
  );
}
