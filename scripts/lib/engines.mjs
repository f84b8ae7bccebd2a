import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome'];
const install = 'apt-get update && apt-get install -y --no-install-recommends chromium';

/**
 * The path of a Chromium for the tests of the page, or undefined, having said what to do. Installs
 * Debian's where nobody's machine is changed by it: as root, in CI or in a container.
 */
export function ensureChromium(options = {}) {
  const { env = process.env, isRoot = process.getuid?.() === 0, say = console.error, run = runShell } = options;
  const found = onPath(names, env);
  if (found !== undefined) return found;
  if (isRoot && isThrowaway(env) && onPath(['apt-get'], env) !== undefined) {
    say(`Chromium, for the tests of the page, is missing. Installing it: ${install}`);
    if (run(install)) return onPath(names, env);
    say('Chromium could not be installed.');
  }
  say(`The tests of the page are SKIPPED: they need Chromium. On Debian or Ubuntu, as root: ${install}`);
  return undefined;
}

/** The first of these programs that is in a folder of PATH. */
function onPath(programs, env) {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const paths = programs.flatMap((name) => folders.map((folder) => join(folder, name)));
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function isThrowaway(env) {
  return env.CI === 'true' || existsSync('/.dockerenv') || existsSync('/run/.containerenv');
}

function runShell(command) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('sh', ['-c', command], { stdio: ['ignore', 'inherit', 'inherit'], env }).status === 0;
}
