// npm run check: everything that needs no engine. Stops at nothing, fails if anything was found.
import { spawnSync } from 'node:child_process';

import { ensureInstalled } from './lib/install.mjs';
import { inRoot, root } from './lib/root.mjs';
import { requireSupported } from './lib/supported.mjs';

requireSupported();
await ensureInstalled();
const steps = [
  { name: 'format', program: 'oxfmt/bin/oxfmt', args: ['--check', '.'] },
  { name: 'types', program: 'typescript/bin/tsc', args: ['-b'] },
  { name: 'lint', program: 'oxlint/bin/oxlint', args: ['--type-aware', '--deny-warnings', '.'] },
  {
    name: 'architecture',
    program: 'vitest/vitest.mjs',
    args: ['run', '--project', 'unit', 'test/architecture.test.ts'],
  },
];
for (const { name, program, args } of steps) {
  const startedMs = performance.now();
  const step = spawnSync(process.execPath, [inRoot('node_modules', program), ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${step.status === 0 ? 'ok  ' : 'FAIL'} ${name} ${seconds} s`);
  if (step.status === 0) continue;
  process.exitCode = 1;
  console.log(`${step.error ? step.error.message : ''}${step.stdout ?? ''}${step.stderr ?? ''}`);
}
