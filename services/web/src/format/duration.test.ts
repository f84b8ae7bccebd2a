import { expect, it } from 'vitest';

import { duration } from './duration.ts';

it.each([
  [null, '–'],
  [0, '0 ms'],
  [0.000_5, '500 ns'],
  [0.012_34, '12.3 µs'],
  [12.34, '12.3 ms'],
  [999.4, '999 ms'],
  [59_900, '59.9 s'],
  [59_960, '1 min'],
  [60_000, '1 min'],
  [61_000, '1 min 1 s'],
  [3_600_000, '1 h'],
  [5_400_000, '1 h 30 min'],
  [-3.2, '−3.20 ms'],
])('%s ms is %s', (ms, text) => expect(duration(ms)).toBe(text));
