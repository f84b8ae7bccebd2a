// npm test: all tests against real engines. More arguments go to vitest.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { prepare } from './lib/prepare.mjs';
import { inRoot, root } from './lib/root.mjs';
import { runInTerminal } from './lib/run.mjs';
import { requireSupported } from './lib/supported.mjs';
import { countTests } from './lib/test-counts.mjs';

requireSupported();
await prepare();
const folder = mkdtempSync(join(tmpdir(), 'spanloom-test-'));
const report = join(folder, 'report.json');
let code = await runInTerminal(
  [
    inRoot('node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
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

console.log(`Engines: ${engine('chdb', 'embedded ClickHouse (chdb')}, ${engine('lmdb', 'embedded log (lmdb')}`);
if (process.env.CI === 'true' && counts.skipped.length > 0) {
  console.error(`Skipped, which CI does not allow:\n${counts.skipped.map((name) => `  ${name}`).join('\n')}`);
  code = code || 1;
}
if (counts.failed > 0) code = code || 1;
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped.length} skipped`);
process.exitCode = code;

function engine(name, title) {
  try {
    return `${title} ${JSON.parse(readFileSync(inRoot('node_modules', name, 'package.json'), 'utf8')).version}) real`;
  } catch {
    return `${title}) MISSING`;
  }
}
