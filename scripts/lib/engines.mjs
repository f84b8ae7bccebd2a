import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * A program of the system that tests need: any of `names`, from these packages of Debian.
 * @typedef {{ title: string, names: readonly string[], packages: string, tests: string }} Program
 */

/** @type {Program} */
export const chromium = {
  title: 'Chromium',
  names: ['chromium', 'chromium-browser', 'google-chrome'],
  packages: 'chromium',
  tests: 'The tests of the page',
};
/** @type {Program} */
export const redis = {
  title: 'Redis',
  names: ['redis-server'],
  packages: 'redis-server',
  tests: 'The tests on Redis and of the cluster',
};
/** @type {Program} */
export const redisSentinel = {
  title: "Redis' Sentinel",
  names: ['redis-sentinel'],
  packages: 'redis-sentinel',
  tests: 'The tests on Redis and of the cluster',
};
/** @type {Program} */
export const java = {
  title: 'Java',
  names: ['java'],
  packages: 'openjdk-17-jre-headless',
  tests: 'The tests on Kafka and of the cluster',
};
/** @type {Program} */
export const maven = {
  title: 'Maven',
  names: ['mvn'],
  packages: 'maven',
  tests: 'The tests on Kafka and of the cluster',
};
/** @type {Program} */
export const openssl = {
  title: 'OpenSSL',
  names: ['openssl'],
  packages: 'openssl',
  tests: 'The tests of TLS',
};
/** @type {Program} */
export const dockerd = {
  title: "Docker's daemon",
  names: ['dockerd'],
  packages: 'docker.io',
  tests: 'The tests of the image',
};
/** @type {Program} */
export const compose = {
  title: 'docker-compose',
  names: ['docker-compose'],
  packages: 'docker-compose',
  tests: 'The tests of docker-compose.yml',
};
/** @type {Program} */
export const debootstrap = {
  title: 'debootstrap',
  names: ['debootstrap'],
  packages: 'debootstrap',
  tests: 'The tests of the image',
};

/**
 * The path of the program, or undefined, having said what to do. Installs Debian's where nobody's
 * machine is changed by it: as root, in CI or in a container.
 * @param {Program} program
 */
export function ensureProgram({ title, names, packages, tests }, options = {}) {
  const { env = process.env, isRoot = process.getuid?.() === 0, say = console.error, run = runShell } = options;
  const install = `apt-get update && apt-get install -y --no-install-recommends ${packages}`;
  const found = onPath(names, env);
  if (found !== undefined) return found;
  if (isRoot && isThrowaway(env) && onPath(['apt-get'], env) !== undefined) {
    say(`${title} is missing. Installing it: ${install}`);
    if (run(install)) return onPath(names, env);
    say(`${title} could not be installed.`);
  }
  say(`${tests} are SKIPPED: they need ${title}. On Debian or Ubuntu, as root: ${install}`);
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
