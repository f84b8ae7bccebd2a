import { expect, it } from 'vitest';
import { BufferSetupError } from '../../errors.ts';
import { judgeServer } from './fitness.ts';
import { parseInfo } from './info.ts';

const info = (...lines: readonly string[]): ReturnType<typeof parseInfo> => parseInfo(lines.join('\r\n'));
const good = [
  '# Server',
  'redis_version:7.0.15',
  'redis_mode:standalone',
  '# Memory',
  'used_memory:1000',
  'maxmemory:2000',
  'maxmemory_policy:noeviction',
];
const without = (name: string): readonly string[] => good.filter((line) => !line.startsWith(`${name}:`));

it('is content with a server that keeps what it was given', () => {
  expect(judgeServer(info(...good), 'cache:6379')).toEqual([]);
});

it.each(['allkeys-lru', 'volatile-ttl', 'volatile-lru', 'allkeys-random'])('refuses a server with %s', (policy) => {
  const evicts = info(...without('maxmemory_policy'), `maxmemory_policy:${policy}`);
  expect(() => judgeServer(evicts, 'cache:6379')).toThrow(BufferSetupError);
  expect(() => judgeServer(evicts, 'cache:6379')).toThrow(
    `Redis at cache:6379 evicts keys when it is full (maxmemory-policy ${policy})`,
  );
  expect(() => judgeServer(evicts, 'cache:6379')).toThrow('Set maxmemory-policy to noeviction');
});

it('warns when it cannot know', () => {
  expect(judgeServer(null, 'cache:6379')).toEqual([expect.stringContaining('does not let us use INFO')]);
  expect(judgeServer(info(...without('maxmemory_policy')), 'cache:6379')).toEqual([
    expect.stringContaining('does not say whether it evicts keys'),
  ]);
});

it('warns of a server without a limit', () => {
  expect(judgeServer(info(...without('maxmemory'), 'maxmemory:0'), 'cache:6379')).toEqual([
    expect.stringContaining('has no maxmemory'),
  ]);
});

it('refuses what it was not made for', () => {
  expect(() => judgeServer(info(...without('redis_version'), 'redis_version:6.2.1'), 'cache:6379')).toThrow(
    'is version 6.2.1; 7.0 or later is needed',
  );
  expect(() => judgeServer(info(...without('redis_mode'), 'redis_mode:cluster'), 'cache:6379')).toThrow('is a cluster');
});
