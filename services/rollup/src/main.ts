import { randomBytes } from 'node:crypto';

import { openStorage, storeTables } from '@spanloom/ports';
import { type Config, closing, createRole } from '@spanloom/runtime';

import { createRollupMetrics } from './metrics.ts';
import { createRollup } from './rollup.ts';
import { rollupConfigOf } from './settings.ts';

/** Rolls up what is due until a signal comes: minutes into hours and days, and users' queries. Resolves with the exit code. */
export async function runRollup(config: Config): Promise<number> {
  const role = createRole('rollup', config);

  const store = await openStorage(role, 'rollup');

  const rollup = createRollup({
    store: store.rollups,
    clock: role.clock,
    random: randomBytes,
    observer: createRollupMetrics(role.registry, role.logger, role.clock),
    config: rollupConfigOf(config),
    tables: storeTables(config),
  });

  return role.run({
    services: [closing('store', store), { name: 'rollup', ...rollup }],
    checks: () => [],
  });
}
