import { describe, expect, test } from 'vitest';

import { serviceFill, serviceLook } from './service.ts';

const names = Array.from({ length: 300 }, (_, at) => `service-${at}`);
const lookOf = (name: string) => Object.values(serviceLook(name)).join(' ');

describe('how a service looks', () => {
  test('is the same wherever it is shown', () => {
    expect(serviceLook('checkout')).toEqual(serviceLook('checkout'));
    expect(serviceFill('checkout')).toContain(serviceLook('checkout').color);
  });

  test('has four times as many kinds as there are colours, about as often each', () => {
    const counts = new Map<string, number>();
    for (const name of names) counts.set(lookOf(name), (counts.get(lookOf(name)) ?? 0) + 1);
    expect(counts.size).toBeGreaterThan(44);
    expect(Math.max(...counts.values())).toBeLessThan(20);
  });

  test('fills a background for every mark with its colour, and with what is below it', () => {
    const fills = new Set(names.map((name) => serviceFill(name).replaceAll(/--tone\d+/g, '--tone')));
    expect(fills.size).toBe(4);
    for (const fill of fills) expect(fill === 'var(--tone)' || fill.includes('var(--card)')).toBe(true);
  });
});
