import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FromChild, ToChild } from './child-messages.ts';
import { startControl } from './fault/control.ts';
import { removeControlFile, writeControlFile } from './fault/control-file.ts';
import { createFaults } from './fault/faults.ts';
import { startLoad } from './load.ts';
import { serviceNames } from './names.ts';
import type { ServiceName } from './names.ts';
import { startShop } from './shop/shop.ts';
import { createTelemetry } from './telemetry.ts';
import type { Telemetry } from './telemetry.ts';

/** The process of the demo shop. It lives as long as the channel to the process that forked it. */
type Start = Extract<ToChild, { type: 'start' }>;

/** Together below the 3 s that the supervisor waits. */
const finishRequestsMs = 1_000;
const finishMessagesMs = 100;
const exportMs = 1_500;

async function start(config: Start): Promise<() => Promise<void>> {
  const faults = createFaults();
  const telemetry = Object.fromEntries(
    serviceNames.map((name) => [name, createTelemetry(name, config.otlpEndpoint)]),
  ) as Record<ServiceName, Telemetry>;
  const token = randomBytes(16).toString('hex');
  const shop = await startShop({ telemetry, faultOf: (service) => faults.of(service) });
  const control = await startControl(faults, token);
  await writeControlFile(config.dataDir, { pid: process.pid, port: control.port, token });
  const load = startLoad(shop.frontendPort, config.requestsPerSecond);

  return async () => {
    control.close();
    await removeControlFile(config.dataDir);
    await load.stop(finishRequestsMs);
    await sleep(finishMessagesMs);
    const exported = Promise.all(Object.values(telemetry).map((each) => each.shutdown()));
    await Promise.race([exported, sleep(exportMs)]);
    shop.close();
  };
}

function tell(message: FromChild, then?: () => void): void {
  process.send?.(message, undefined, undefined, then);
}

let stop: (() => Promise<void>) | null = null;
let stopping = false;

async function handle(message: ToChild): Promise<void> {
  if (message.type === 'start') {
    stop = await start(message);
    tell({ type: 'ready' });
  } else if (!stopping) {
    stopping = true;
    await stop?.();
    process.exit(0);
  }
}

process.on('message', (message: ToChild) => {
  handle(message).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    tell({ type: 'failed', message: why }, () => process.exit(1));
  });
});
// Ctrl-C reaches the whole process group; the supervisor says when it is the demo's turn.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => process.exit());
