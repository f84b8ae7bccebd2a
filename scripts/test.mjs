// npm test: all tests against real engines. More arguments go to vitest.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { inRoot, root } from './lib/root.mjs';
import { runInTerminal } from './lib/run.mjs';
import { requireSupported } from './lib/supported.mjs';
import { countTests } from './lib/test-counts.mjs';
import { ensureTestEngines, filesOf } from './lib/test-engines.mjs';

requireSupported();
try {
  await ensureInstalled();
  ensureBuilt();
} catch (error) {
  console.error(error.message);
  console.log('0 passed, 1 failed, 0 skipped');
  process.exit(1);
}
const engines = ensureTestEngines();
Object.assign(process.env, engines.environment);
const folder = mkdtempSync(join(tmpdir(), 'spanloom-test-'));
const report = join(folder, 'report.json');
let code = await runInTerminal(
  [
    inRoot('node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...engines.missing.map((project) => `--project=!${project}`),
    ...process.argv.slice(2),
  ],
  { cwd: root },
);
let counts = countTests({ testResults: [] });
try {
  counts = countTests(JSON.parse(readFileSync(report, 'utf8')));
} catch (error) {
  console.error(`There is no report of the tests: ${error.message}`);
  code = code || 1;
}
rmSync(folder, { recursive: true, force: true });

counts.skipped.push(...filesOf(engines.missing));
console.log(`Engines: ${engines.lines.join(', ')}`);
if (process.env.CI === 'true' && counts.skipped.length > 0) {
  console.error(`Skipped, which CI does not allow:\n${counts.skipped.map((name) => `  ${name}`).join('\n')}`);
  code = code || 1;
}
if (counts.failed > 0) code = code || 1;
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped.length} skipped`);
process.exitCode = code;
