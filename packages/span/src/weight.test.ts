import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maxWeight, weightOf } from './weight.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';

test.each([
  ['', 1],
  ['ot=th:0', 1],
  ['ot=th:8', 2],
  ['ot=th:c', 4],
  ['ot=th:e;rv:abcdef01234567', 8],
  ['ot=rv:abcdef01234567;th:c', 4],
  ['vendor=x, ot=th:f ,other=y', 16],
  ['ot=th:fffff', maxWeight],
  ['ot=th:ffffffffffffff', maxWeight],
])('%s stands for %d', (traceState, weight) => {
  expect(weightOf(traceState, traceId)).toBe(weight);
});

test.each([
  'ot=th:',
  'ot=th:xyz',
  'ot=th:C',
  'ot=th:123456789abcdef',
  'ot=p:8',
  'not=th:8',
  'a=ot=th:8',
  'th:8',
  'ot',
  ',,;=',
])('malformed or absent: %s', (traceState) => {
  expect(weightOf(traceState, traceId)).toBe(1);
});

test('fractions are rounded so that the mean is right, by trace and always the same', () => {
  // 30 % sampled: each stands for 3.33.
  const traceState = 'ot=th:b333333333333';
  let sum = 0;
  let sumAgain = 0;
  const weights = new Set<number>();
  const traces = 20_000;
  for (let n = 0; n < traces; n += 1) {
    // As a consistent sampler leaves them: the low 56 bits are at or above the threshold.
    const random = Math.floor(0.7 * 2 ** 32 + (0.3 * 2 ** 32 * n) / traces);
    const id = `00000000000000010${n.toString(16).padStart(1, '0').slice(-1)}${random.toString(16).padStart(8, '0')}000000`;
    const weight = weightOf(traceState, id);
    weights.add(weight);
    sumAgain += weightOf(traceState, id);
    sum += weight;
  }
  expect(sumAgain).toBe(sum);
  expect(weights).toEqual(new Set([3, 4]));
  expect(sum / traces).toBeCloseTo(10 / 3, 1);
});

test('any trace state gives an integer from 1 on', () => {
  const digits = fc.string({
    unit: fc.constantFrom(...'0123456789abcdef'),
    minLength: 1,
    maxLength: 14,
  });
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        digits.map((th) => `ot=th:${th}`),
      ),
      (traceState) => {
        const weight = weightOf(traceState, traceId);
        expect(Number.isSafeInteger(weight) && weight >= 1 && weight <= maxWeight).toBe(true);
      },
    ),
  );
});
