import { readFileSync, readdirSync } from 'node:fs';

import { chromium, compose, debootstrap, dockerd, ensureProgram, openssl, redis, redisSentinel } from './engines.mjs';
import { ensureKafka } from './kafka.mjs';
import { inRoot } from './root.mjs';

/**
 * Gets what the tests need, as far as this machine lets us. `environment` is for the tests;
 * `missing` are the projects of vitest that cannot run; `lines` say which engines are real.
 */
export function ensureTestEngines() {
  const browser = ensureProgram(chromium);
  const server = ensureProgram(redis);
  const sentinel = ensureProgram(redisSentinel);
  const tls = ensureProgram(openssl);
  const kafka = ensureKafka();
  // Whether it really works, their tests find out and say.
  const docker = [dockerd, compose, debootstrap].map((program) => ensureProgram(program));
  const environment = {};
  // Not SPANLOOM_…: the command refuses settings that it does not know.
  if (browser !== undefined) environment.TEST_CHROMIUM = browser;
  if (kafka !== undefined) environment.TEST_KAFKA_JARS = kafka;

  const missing = [];
  const redisReady = server !== undefined && sentinel !== undefined && tls !== undefined;
  const kafkaReady = kafka !== undefined && tls !== undefined;
  if (!redisReady) missing.push('redis');
  if (!kafkaReady) missing.push('kafka');
  if (!redisReady || !kafkaReady) missing.push('cluster');
  const lines = [
    npmEngine('chdb', 'ClickHouse (chdb'),
    npmEngine('lmdb', 'embedded log (lmdb'),
    state('Redis', redisReady, server),
    state('Kafka', kafkaReady, kafka),
    state('Docker', !docker.includes(undefined), docker[0]),
    state('Chromium', browser !== undefined, browser),
  ];
  return { environment, missing, lines };
}

/** Files of tests that run in none of the projects that are there. */
export function filesOf(projects) {
  const endings = projects.map((name) => `.${name}.test.ts`);
  return ['packages', 'services', 'test']
    .flatMap((folder) => readdirSync(inRoot(folder), { recursive: true, encoding: 'utf8' }))
    .filter((path) => !/(^|\/)(dist|node_modules)\//.test(path) && endings.some((ending) => path.endsWith(ending)));
}

function state(title, ready, where) {
  return ready ? `${title} (${where}) real` : `${title} MISSING`;
}

function npmEngine(name, title) {
  try {
    return `${title} ${JSON.parse(readFileSync(inRoot('node_modules', name, 'package.json'), 'utf8')).version}) real`;
  } catch {
    return `${title}) MISSING`;
  }
}
