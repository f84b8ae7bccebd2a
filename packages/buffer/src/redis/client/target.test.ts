import { expect, it } from 'vitest';
import { BufferSetupError } from '../../errors.ts';
import { targetOf } from './target.ts';

it('reads a URL', () => {
  expect(targetOf({ url: 'redis://cache' })).toEqual({
    where: 'cache:6379',
    options: { host: 'cache', port: 6379, db: 0 },
  });
  expect(targetOf({ url: 'rediss://us%40er:p%3Ass@[::1]:7000/3' })).toEqual({
    where: '[::1]:7000',
    options: { host: '::1', port: 7000, db: 3, username: 'us@er', password: 'p:ss', tls: {} },
  });
});

it('prefers the user and password that stand beside the URL', () => {
  const { options } = targetOf({ url: 'redis://a:b@cache', username: 'c', password: 'd', tls: { ca: 'PEM' } });
  expect(options).toMatchObject({ username: 'c', password: 'd', tls: { ca: 'PEM' } });
});

it('reads sentinels', () => {
  const { options, where } = targetOf({ sentinels: ['one', 'two:5000'], name: 'mymaster', password: 'secret' });
  expect(options).toMatchObject({
    sentinels: [
      { host: 'one', port: 26_379 },
      { host: 'two', port: 5000 },
    ],
    name: 'mymaster',
    password: 'secret',
  });
  expect(where).toBe('mymaster of one, two:5000');
});

it.each([
  { url: 'cache:6379' },
  { url: 'http://cache' },
  { url: '' },
  { url: 'redis://cache/zero' },
  { sentinels: [], name: 'mymaster' },
  { sentinels: [':'], name: 'mymaster' },
])('refuses $url$sentinels', (connection) => {
  expect(() => targetOf(connection)).toThrow(BufferSetupError);
});

it('says no password', () => {
  expect(() => targetOf({ url: 'redis://user:secret@/' })).toThrow(/^(?!.*secret)/);
  expect(targetOf({ url: 'redis://user:secret@cache' }).where).not.toContain('secret');
});
