import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { inRoot, root } from './root.mjs';

/** Compiles what changed. Throws an Error with the compiler's findings. */
export function ensureBuilt() {
  const projects = JSON.parse(readFileSync(inRoot('tsconfig.json'), 'utf8')).references.map(({ path }) => path);
  const complete = projects.every((path) => existsSync(inRoot(path, 'dist')));
  // tsc needs 0.5 s to find that nothing changed, a sixth of what a start may take; this needs 0.03.
  const stampFile = inRoot('node_modules', '.spanloom-build');
  const stamp = fingerprint(['tsconfig.json', 'tsconfig.base.json', ...projects]);
  if (complete && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;

  // tsc trusts its notes, which are not in dist: where dist is gone, they are wrong.
  const force = !complete && projects.some((path) => existsSync(inRoot(path, 'tsconfig.tsbuildinfo')));
  const tsc = inRoot('node_modules', 'typescript', 'bin', 'tsc');
  const built = spawnSync(process.execPath, [tsc, '-b', ...(force ? ['--force'] : [])], {
    cwd: root,
    encoding: 'utf8',
  });
  if (built.error) throw built.error;
  if (built.status !== 0) throw new Error(`Building failed:\n${built.stdout}${built.stderr}`);
  bundlePage();
  writeFileSync(stampFile, stamp);
}

const web = 'services/web';

/** The page, unless its files are as they were when it was bundled last. */
function bundlePage() {
  const stampFile = inRoot(web, 'dist', '.stamp');
  const stamp = fingerprint([web, 'package-lock.json']);
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  const vite = inRoot('node_modules', 'vite', 'bin', 'vite.js');
  const bundled = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: inRoot(web),
    encoding: 'utf8',
  });
  if (bundled.error) throw bundled.error;
  if (bundled.status !== 0) throw new Error(`Bundling the page failed:\n${bundled.stdout}${bundled.stderr}`);
  writeFileSync(stampFile, stamp);
}

/** Changes when a file of these does: its name, size or time. */
function fingerprint(paths) {
  const hash = createHash('sha256').update(root);
  for (const path of paths) {
    for (const file of filesOf(inRoot(path))) {
      const { size, mtimeMs } = statSync(file);
      hash.update(`${file} ${size} ${mtimeMs}\n`);
    }
  }
  return hash.digest('hex');
}

function filesOf(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => name !== 'dist' && name !== 'node_modules' && !name.endsWith('.tsbuildinfo'))
    .sort()
    .flatMap((name) => filesOf(join(path, name)));
}
