// npm run test:chaos: the long form of the chaos tests, on real engines.
import { prepare } from './lib/prepare.mjs';
import { inRoot, root } from './lib/root.mjs';
import { runInTerminal } from './lib/run.mjs';
import { requireSupported } from './lib/supported.mjs';
import { ensureTestEngines } from './lib/test-engines.mjs';

requireSupported();
await prepare({ quiet: true });
const { environment, missing } = ensureTestEngines();
if (missing.includes('cluster')) process.exit(1);
Object.assign(process.env, environment);
process.exitCode = await runInTerminal([inRoot('test', 'dist', 'chaos', 'main.js'), ...process.argv.slice(2)], {
  cwd: root,
});
