import { openBuffer, openLog, openStorage } from '@spanloom/ports';
import { type Config, closing, createRole } from '@spanloom/runtime';

import { createQueryMetrics } from './metrics.ts';
import { createQuery } from './query.ts';
import { queryConfigOf } from './settings.ts';

/** Answers queries and serves the page until a signal comes. Resolves with the exit code. */
export async function runQuery(config: Config): Promise<number> {
  const role = createRole('query', config);

  const log = await openLog(role);
  const buffer = await openBuffer(role);
  const store = await openStorage(role, 'query');

  const query = createQuery({
    store: store.read,
    keeper: store,
    log,
    buffer,
    clock: role.clock,
    logger: role.logger,
    metrics: createQueryMetrics(role.registry),
    config: queryConfigOf(config),
  });

  return role.run({
    services: [
      closing('log', log),
      closing('buffer', buffer),
      closing('store', store),
      { name: 'query', start: () => query.start(), stop: () => query.stop() },
    ],
    checks: () => [],
  });
}
