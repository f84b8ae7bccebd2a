import { openLog, openStorage } from '@spanloom/ports';
import { type Config, closing, createRole } from '@spanloom/runtime';

import { createSinkMetrics } from './metrics.ts';
import { createSink } from './sink.ts';

/** Runs a sink until a signal comes: finished traces into ClickHouse, each once. Resolves with the exit code. */
export async function runSink(config: Config): Promise<number> {
  const role = createRole('sink', config);

  const log = await openLog(role);
  const store = await openStorage(role, 'sink');

  const metrics = createSinkMetrics(role.registry, role.logger, role.clock);
  const sink = createSink({
    log,
    store,
    cut: log.stream.cut,
    names: { maxOperations: config.maxOperations, maxPeers: config.maxPeers },
    clock: role.clock,
    observer: metrics.observer,
  });

  return role.run({
    services: [closing('log', log), closing('store', store), { name: 'sink', ...sink }],
    checks: () => [metrics.expired()],
  });
}
