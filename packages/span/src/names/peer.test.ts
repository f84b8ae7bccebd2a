import { expect, test } from 'vitest';
import { maxNameLength } from './operation.ts';
import { externalIp, peerName } from './peer.ts';

test.each([
  '10.0.0.1',
  '10.0.0.1:5432',
  '::1',
  '[::1]:80',
  '[2001:db8::7]',
  '2001:db8:0:0:0:0:0:7',
  'fe80::1%eth0',
  '::ffff:10.0.0.1',
])('%s is an address', (peer) => {
  expect(peerName(peer)).toBe(externalIp);
});

test.each([
  ['api.example.com:443', 'api.example.com'],
  ['cart', 'cart'],
  ['postgresql/orders', 'postgresql/orders'],
  ['queue:orders', 'queue:orders'],
  ['arn:aws:sns:eu-west-1:123456789012:orders', 'arn:aws:sns:eu-west-1:123456789012:orders'],
  ['10.0.0.1.nip.io', '10.0.0.1.nip.io'],
  ['dead::beef::cafe/x', 'dead::beef::cafe/x'],
  ['', ''],
])('%s is %s', (peer, name) => {
  expect(peerName(peer)).toBe(name);
});

test('long names are cut', () => {
  expect(peerName('p'.repeat(100_000))).toHaveLength(maxNameLength);
});
