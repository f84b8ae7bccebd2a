import { expect, test } from 'vitest';
import { addressOf } from './address.ts';
import { connect } from './connection.ts';

test('an address keeps its path and its query', () => {
  expect(addressOf('https://gate.example:8443/clickhouse/?tenant=7&compress=0')).toEqual({
    ok: true,
    value: {
      origin: 'https://gate.example:8443',
      path: '/clickhouse',
      query: { tenant: '7', compress: '0' },
      secure: true,
      loopback: false,
    },
  });
  expect(addressOf('http://127.0.0.1:8123')).toMatchObject({
    ok: true,
    value: { path: null, query: {}, loopback: true },
  });
});

test.each([
  ['store:8123', 'no http:// or https:// URL'],
  ['tcp://store:9000', 'no http:// or https:// URL'],
  ['http://ada:hunter2@store:8123', 'clickhouse-user'],
  ['http://store:8123/?password=hunter2', 'clickhouse-password'],
  ['http://store:8123/?database=x', 'clickhouse-database'],
])('%s is refused, and its secret not repeated', (address, why) => {
  const result = addressOf(address);
  expect(result).toMatchObject({ ok: false, error: expect.stringContaining(why) });
  expect(JSON.stringify(result)).not.toContain('hunter2');
});

test.each([
  ['http://store:8123', { caPem: 'x' }, /no https/],
  ['https://store:8443', { certPem: 'x' }, /needs its key/],
  ['https://store:8443', { keyPem: 'x' }, /needs its key|its certificate/],
])('certificates that cannot be used are refused: %s %o', (url, tls, why) => {
  expect(() => connect({ url, tls })).toThrow(why);
});
