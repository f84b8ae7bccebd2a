import { describe, expect, it } from 'vitest';

interface Service {
  readonly environment: string;
  readonly namespace: string;
  readonly name: string;
}
interface Format {
  duration(ms: number | null | undefined): string;
  localTime(timeMs: number, nowMs: number): string;
  createNamer(services: readonly Service[]): { nameOf(of: Service): string; environmentOf(of: Service): string };
}

/** The scripts of the page are plain JavaScript, outside of what tsc compiles. */
const { duration, localTime, createNamer }: Format = await import(new URL('../page/format.js', import.meta.url).href);

describe('a duration on the page', () => {
  it.each([
    [null, '–'],
    [undefined, '–'],
    [0, '0 ms'],
    [0.000_25, '250 ns'],
    [0.000_999, '999 ns'],
    [0.0234, '23.4 µs'],
    [9.7189, '9.72 ms'],
    [10, '10.0 ms'],
    [999.4, '999 ms'],
    // What rounds to 1000 is said in the next unit.
    [999.6, '1.00 s'],
    [59_940, '59.9 s'],
    [59_960, '1 min 0 s'],
    [119_700, '2 min 0 s'],
    [7_380_000, '2 h 3 min'],
    [360_000_000_000, '100,000 h 0 min'],
  ])('of %s ms is %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});

describe('a time on the page', () => {
  const noon = new Date(2026, 10, 23, 12, 0, 5).getTime();

  it('is a time of day where it is of today, and has its date where it is not', () => {
    expect(localTime(noon, noon + 1000)).toBe('12:00:05');
    expect(localTime(noon, noon + 86_400_000)).toBe('Nov 23, 12:00:05');
    // Not 24:00:00.
    expect(localTime(new Date(2026, 10, 23).getTime(), noon)).toBe('00:00:00');
  });
});

describe('names of services on the page', () => {
  const service = (environment: string, namespace: string, name: string): Service => ({ environment, namespace, name });

  it('are bare while nothing can be confused', () => {
    const namer = createNamer([service('prod', 'shop', 'cart'), service('prod', 'shop', 'orders')]);
    expect(namer.nameOf(service('prod', 'shop', 'cart'))).toBe('cart');
    expect(namer.environmentOf(service('prod', 'shop', 'cart'))).toBe('');
  });

  it('have their namespace where the name is in several, and their environment where there are several', () => {
    const namer = createNamer([service('prod', 'shop', 'cart'), service('prod', 'b2b', 'cart'), service('', '', 'x')]);
    expect(namer.nameOf(service('prod', 'shop', 'cart'))).toBe('shop/cart');
    expect(namer.nameOf(service('prod', '', 'x'))).toBe('x');
    expect(namer.environmentOf(service('prod', 'shop', 'cart'))).toBe('prod');
  });
});
