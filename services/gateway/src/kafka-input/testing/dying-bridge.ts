/**
 * A gateway in a process of its own, for tests that kill it: `node dying-bridge.js <data folder>
 * <brokers> <topic> <prefix> <appends>`. After so many acknowledged appends to `spans` it kills
 * itself, before anybody has heard of the last of them.
 */
import { openEmbeddedLog } from '@spanloom/log';
import type { Log } from '@spanloom/log';
import { embeddedLogOptions } from '@spanloom/log/testing';
import { createBridge } from './bridge.ts';

async function main([dir = '', brokers = '', topic = '', prefix = '', appends = '']: readonly string[]): Promise<void> {
  const log = await openEmbeddedLog(embeddedLogOptions(dir));
  let left = Number(appends);
  const append: Log['append'] = async (...args) => {
    const appended = await log.append(...args);
    if (--left === 0) process.kill(process.pid, 'SIGKILL');
    return appended;
  };
  const topics = [topic];
  // Whoever comes next waits for as long.
  const sessionTimeoutMs = 1000;
  const bridge = createBridge({ log, brokers: brokers.split(','), topics, prefix, append, sessionTimeoutMs });
  await bridge.start();
}

if (process.argv[1]?.endsWith('dying-bridge.js') === true) await main(process.argv.slice(2));
