import { expect, test } from 'vitest';

import { RecentTraces } from './recent-traces.ts';

const hourMs = 60 * 60 * 1000;

function id(n: number): Uint8Array {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setUint32(12, n);
  return bytes;
}

test('remembers every trace of the last hour and forgets older ones', () => {
  const recent = new RecentTraces(hourMs);
  for (let n = 0; n < 5000; n++) recent.add(id(n), n * 1000);
  for (let n = 5000 - 3600; n < 5000; n++) expect(recent.mayHave(id(n))).toBe(true);

  recent.add(id(9000), 10 * hourMs);
  expect(recent.mayHave(id(9000))).toBe(true);
  expect(recent.mayHave(id(4999))).toBe(false);
});

test('hardly ever takes a new trace for a known one', () => {
  const recent = new RecentTraces(hourMs);
  for (let n = 0; n < 20_000; n++) recent.add(id(n), 0);
  let wrong = 0;
  for (let n = 20_000; n < 40_000; n++) if (recent.mayHave(id(n))) wrong++;
  expect(wrong).toBeLessThan(20);
});
