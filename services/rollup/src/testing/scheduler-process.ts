/** For tests: a scheduler in a process of its own, to be killed. Its options come as JSON in the first argument. */
import { randomBytes } from 'node:crypto';
import { openStore } from '@spanloom/store';
import { defaultRollupConfig } from '../options.ts';
import { createRollup } from '../rollup.ts';
import { realClock, testObserver } from './rig.ts';

const { connection, folder, intervalMs, runTimeoutMs } = JSON.parse(process.argv[2] ?? '{}') as {
  readonly connection: { readonly url: string; readonly password: string; readonly database: string };
  readonly folder: string;
  readonly intervalMs: number;
  readonly runTimeoutMs: number;
};
const rollup = createRollup({
  store: openStore(connection).rollups,
  clock: realClock,
  random: randomBytes,
  observer: testObserver().observer,
  config: { ...defaultRollupConfig, graceMs: 0, folder, intervalMs, runTimeoutMs },
});
// With whoever started it: a test that is killed leaves nobody behind.
process.on('disconnect', () => process.exit());
await rollup.start();
await rollup.ended();
