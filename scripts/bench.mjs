// npm run bench, and bench:profile: what each stage costs, on engines of its own. Builds what is missing.
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
process.exitCode = await runInTerminal([inRoot('test', 'dist', 'bench', 'main.js'), ...process.argv.slice(2)], {
  cwd: root,
});
