import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

import { inRoot, root } from './root.mjs';

/** Compiles what changed; tsc itself knows what that is. Throws an Error with its findings. */
export function ensureBuilt() {
  const projects = JSON.parse(readFileSync(inRoot('tsconfig.json'), 'utf8')).references.map(({ path }) => path);
  // tsc trusts its notes, which are not in dist: where dist is gone, they are wrong.
  const force = projects.some(
    (path) => !existsSync(inRoot(path, 'dist')) && existsSync(inRoot(path, 'tsconfig.tsbuildinfo')),
  );
  const tsc = inRoot('node_modules', 'typescript', 'bin', 'tsc');
  const built = spawnSync(process.execPath, [tsc, '-b', ...(force ? ['--force'] : [])], {
    cwd: root,
    encoding: 'utf8',
  });
  if (built.error) throw built.error;
  if (built.status !== 0) throw new Error(`Building failed:\n${built.stdout}${built.stderr}`);
}
