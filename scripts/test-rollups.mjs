// npm run test:rollups -- --minutes 5: schedulers of rollups that are killed at random, for as long as it says;
// and -- --spans 1000000: every level against the ledger of so many spans.
import { parseArgs } from 'node:util';

import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { inRoot, root } from './lib/root.mjs';
import { runInTerminal } from './lib/run.mjs';
import { requireSupported } from './lib/supported.mjs';

requireSupported();
const { values } = parseArgs({ options: { minutes: { type: 'string' }, spans: { type: 'string' } } });
await ensureInstalled();
ensureBuilt();
// Not SPANLOOM_…: the command refuses settings that it does not know.
if (values.minutes !== undefined) process.env.TEST_ROLLUP_SECONDS = String(Number(values.minutes) * 60);
if (values.spans !== undefined) process.env.TEST_ROLLUP_SPANS = values.spans;
process.exitCode = await runInTerminal(
  [
    inRoot('node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--testTimeout=1800000',
    'services/rollup/src/schedulers.system.test.ts',
    'test/e2e/levels.clickhouse.test.ts',
  ],
  { cwd: root },
);
