import type { Config } from '@spanloom/runtime';

import type { MigrationStep } from './step.ts';

/** Hashes with a time to live, scripts, and INFO for the eviction policy; nothing outside of our keys. */
const commands = '-@all +@connection +@hash +@keyspace +@scripting -@dangerous +info';

/** The user at Redis, which only an administrator makes: there is a script, and nothing to apply. */
export function redisAclStep(config: Config): MigrationStep {
  const needed = config.redisUrl !== '' || config.redisSentinels !== '';
  return {
    name: 'redis rights',
    plan: () =>
      needed
        ? [
            '# Only where Redis has users. The assembler and the query service log in as this one.',
            '# Options of redis-cli, as REDIS="-h … --tls --user … --askpass"',
            `redis-cli \${REDIS:-} ACL SETUSER ${userOf(config)} reset on ">\${SPANLOOM_REDIS_PASSWORD:?}" '~${config.prefix}spanloom:*' resetchannels ${commands}`,
          ]
        : ['# open traces are in memory: there is no Redis'],
    async *apply() {},
  };
}

function userOf(config: Config): string {
  return config.redisUsername === '' ? 'spanloom' : config.redisUsername;
}
