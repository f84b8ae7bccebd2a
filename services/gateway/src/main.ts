import { openLog } from '@spanloom/ports';
import { type Config, closing, createRole } from '@spanloom/runtime';

import { createGateway } from './gateway.ts';
import { gatewayConfigOf } from './settings.ts';

/** Runs a gateway until a signal comes: spans in over OTLP, chunks out to `spans`. Resolves with the exit code. */
export async function runGateway(config: Config): Promise<number> {
  const role = createRole('gateway', config);

  const log = await openLog(role);

  const gateway = createGateway({
    log,
    config: gatewayConfigOf(config, role.clock),
    registry: role.registry,
    logger: role.logger,
    clock: role.clock,
  });

  return role.run({
    services: [closing('log', log), gateway],
    checks: () => [{ name: 'gateway', problem: gateway.problem() }],
  });
}
