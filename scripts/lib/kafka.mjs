import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';

import { ensureProgram, java, maven } from './engines.mjs';
import { inRoot } from './root.mjs';

const pom = inRoot('test', 'engines', 'kafka', 'pom.xml');

/**
 * The folder of Kafka's jars, in the project's own folder, or undefined, having said what to do.
 * Maven gets them once; then only Java is needed.
 */
export function ensureKafka(options = {}) {
  const { say = console.error } = options;
  if (ensureProgram(java, options) === undefined) return undefined;
  const version = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 8);
  const folder = inRoot('.engines', `kafka-${version}`);
  if (existsSync(folder)) return folder;
  if (ensureProgram(maven, options) === undefined) return undefined;
  say(`Getting Kafka's jars into ${folder} (43 MB)`);
  const partial = `${folder}.part-${process.pid}`;
  mkdirSync(partial, { recursive: true });
  const args = ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${partial}`];
  const got = spawnSync('mvn', args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (got.status !== 0 || readdirSync(partial).length === 0) {
    rmSync(partial, { recursive: true, force: true });
    say(`The tests on Kafka and of the cluster are SKIPPED: Maven could not get its jars. Try: mvn ${args.join(' ')}`);
    return undefined;
  }
  renameSync(partial, folder);
  return folder;
}
