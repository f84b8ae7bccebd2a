import { describe, expect, test } from 'vitest';

import { fitMiddle, fitText, labelHeight, placeLabels } from './labels.ts';

const widthOf = (text: string) => text.length * 7;

describe('labels of lines', () => {
  test('cover neither each other nor a node', () => {
    const points = [
      { x: 300, y: 0 },
      { x: 300, y: 30 },
      { x: 300, y: 60 },
    ];
    const wanted = ['a', 'b', 'c', 'd'].map((key) => ({ key, text: '1.2 %', points }));
    const labels = placeLabels(wanted, [{ x: 300, y: 70 }], widthOf);
    expect(labels.map(({ key, y }) => `${key} ${y}`)).toEqual(['a 0', 'b 30']);
    expect(Math.abs((labels[0]?.y ?? 0) - (labels[1]?.y ?? 0))).toBeGreaterThan(labelHeight);
  });

  test('are cut where they are too long', () => {
    expect(fitText('cart', 60, widthOf)).toBe('cart');
    expect(fitText('recommendation-service', 70, widthOf)).toBe('recommend…');
    expect(fitMiddle('cart', 60, widthOf)).toBe('cart');
    expect(fitMiddle('team-1/service-12', 70, widthOf)).toBe('team-…e-12');
  });
});
