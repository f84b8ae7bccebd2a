import { expect, test } from 'vitest';

import { reachable } from './reachable.ts';

test.each([
  ['127.0.0.1', '127.0.0.1'],
  ['0.0.0.0', '127.0.0.1'],
  ['::', '[::1]'],
  ['fe80::1', '[fe80::1]'],
  ['spanloom.test', 'spanloom.test'],
])('a listener on %s is reached at %s', (host, address) => {
  expect(reachable(host)).toBe(address);
  expect(URL.canParse(`http://${address}:16686`)).toBe(true);
});
