import { describe, expect, it } from 'vitest';
import type { Resource, Span } from '@spanloom/span';
import { aResource, aSpan, text } from '../testing/spans.ts';
import { skewWarnings } from './skew.ts';

const host = (name: string): Resource => aResource('shop', [text('host.name', name)]);

/** Milliseconds. */
function span(id: number, parent: number, [start, end]: readonly [number, number], resource = host('a')): Span {
  const hex = (n: number): string => n.toString(16).padStart(16, '0');
  return aSpan({
    spanId: hex(id),
    parentSpanId: parent === 0 ? '' : hex(parent),
    startTimeUnixNano: BigInt(start) * 1_000_000n,
    endTimeUnixNano: BigInt(end) * 1_000_000n,
    resource,
  });
}

describe('the warning of clocks', () => {
  const notCorrected = (delta: string): string =>
    `clock skew adjustment disabled; not applying calculated delta of ${delta}`;

  it.each([
    ['a child of another host within its parent', [20, 30], host('b'), []],
    ['one that begins before it', [0, 20], host('b'), [notCorrected('50ms')]],
    ['one that ends after it', [105, 125], host('b'), [notCorrected('-55ms')]],
    ['one that is longer and begins later', [20, 200], host('b'), []],
    ['one that is longer and begins before', [5, 200], host('b'), [notCorrected('5ms')]],
    ['one of the same host', [0, 20], host('a'), []],
    ['one whose host is not known', [0, 20], aResource('shop'), [notCorrected('50ms')]],
  ] as const)('of %s', (_name, times, resource, warnings) => {
    expect(skewWarnings([span(1, 0, [10, 110]), span(2, 1, times, resource)])).toEqual([[], warnings]);
  });

  it('holds for what is below on the same host', () => {
    const spans = [span(1, 0, [10, 110]), span(2, 1, [0, 20], host('b')), span(3, 2, [2, 4], host('b'))];
    expect(skewWarnings(spans)).toEqual([[], [notCorrected('50ms')], [notCorrected('50ms')]]);
  });

  it('names a parent that is not there and an id that is there twice', () => {
    expect(skewWarnings([span(1, 9, [0, 1]), span(1, 0, [0, 1])])).toEqual([
      ['parent span ID=0000000000000009 is not in the trace; skipping clock skew adjustment'],
      ['duplicate span IDs; skipping clock skew adjustment'],
    ]);
  });

  it('takes a chain of 20,000 spans', () => {
    const chain = Array.from({ length: 20_000 }, (_, at) => span(at + 1, at, [0, 1]));
    expect(skewWarnings(chain).flat()).toEqual([]);
  });
});
