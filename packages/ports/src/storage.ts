import { type Config, type Role, UserError } from '@spanloom/runtime';
import { type Role as StoreRole, type Store, checkSchema, openStore } from '@spanloom/store';

import { forPeople } from './for-people.ts';
import { storeOptions, storeTables } from './store-settings.ts';

/**
 * Opens the store on the ClickHouse that the settings name, once it has what the service needs of
 * it. Rejects with an error that says what to do.
 */
export async function openStorage(
  { config, clock }: Pick<Role, 'config' | 'clock'>,
  service: StoreRole,
): Promise<Store> {
  requireClickhouse(config);
  const options = storeOptions(config, clock);
  await forPeople(checkSchema(options, { ...storeTables(config), role: service }));
  return openStore(options);
}

function requireClickhouse(config: Config): void {
  if (config.clickhouseUrl !== '') return;
  throw new UserError('No ClickHouse is named.', { hint: 'Set --clickhouse-url.', exitCode: 2 });
}
