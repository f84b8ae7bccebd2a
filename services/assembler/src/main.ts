import { openBuffer, openLog } from '@spanloom/ports';
import { type Config, closing, createRole } from '@spanloom/runtime';

import { createAssembler } from './assembler.ts';
import { createAssemblerMetrics } from './metrics.ts';
import { limitsOf } from './settings.ts';

/** Runs an assembler until a signal comes: chunks of `spans` in, whole traces out. Resolves with the exit code. */
export async function runAssembler(config: Config): Promise<number> {
  const limits = limitsOf(config);
  const role = createRole('assembler', config);

  const log = await openLog(role);
  const buffer = await openBuffer(role);

  const metrics = createAssemblerMetrics(role.registry, role.logger);
  const assembler = createAssembler({
    log,
    buffer,
    limits,
    cut: log.stream.cut,
    clock: role.clock,
    observer: metrics.observer,
  });

  return role.run({
    services: [closing('log', log), closing('buffer', buffer), { name: 'assembler', ...assembler }],
    checks: () => [{ name: 'buffer', problem: buffer.problem() }, metrics.expired()],
  });
}
