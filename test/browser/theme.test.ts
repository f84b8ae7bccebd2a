import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

const css = readFileSync(new URL('../../services/web/src/theme.css', import.meta.url), 'utf8');

type Rgb = readonly [number, number, number];

/** The custom properties of a theme: those of the dark one stand over those of the light one. */
function colorsOf(theme: 'light' | 'dark'): ReadonlyMap<string, Rgb> {
  const blocks = [...css.matchAll(/(:root[^{]*)\{([^}]*)\}/g)].filter(
    ([, selector = '']) => theme === 'dark' || !selector.includes('dark'),
  );
  const declared = blocks.flatMap(([, , body = '']) => [...body.matchAll(/(--[\w-]+):\s*#([0-9a-f]{6})/g)]);
  return new Map(
    declared.map(([, name = '', hex = '']) => [
      name,
      [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb,
    ]),
  );
}

/** Of WCAG 2.2: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: Rgb, other: Rgb): number {
  const [dark, light] = [luminance(one), luminance(other)].toSorted((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

for (const theme of ['light', 'dark'] as const) {
  const colors = colorsOf(theme);
  const of = (name: string): Rgb => {
    const color = colors.get(name);
    if (color === undefined) throw new Error(`no ${name} in the ${theme} theme`);
    return color;
  };
  const tones = [...colors.keys()].filter((name) => name.startsWith('--tone'));

  test(`colours of services stand out from what they lie on (${theme})`, () => {
    expect(tones).toHaveLength(12);
    for (const tone of tones) {
      // Of rows: usual, under the pointer, found, selected.
      for (const back of ['--card', '--page', '--faint', '--warn-back', '--selected']) {
        expect(contrast(of(tone), of(back)), `${tone} on ${back}`).toBeGreaterThanOrEqual(3);
      }
    }
  });

  test(`lines of the map stand out from what they lie on (${theme})`, () => {
    const lines = [...colors.keys()].filter((name) => name.startsWith('--line-'));
    expect(lines).toHaveLength(4);
    for (const line of lines) expect(contrast(of(line), of('--card')), line).toBeGreaterThanOrEqual(3);
  });

  test(`text can be read on what it stands on (${theme})`, () => {
    const pairs = [
      ['--text', ['--page', '--card', '--faint', '--warn-back', '--selected']],
      ['--quiet', ['--page', '--card', '--faint', '--warn-back', '--selected']],
      ['--accent', ['--page', '--card']],
      ['--bad', ['--bad-back', '--card', '--page', '--faint', '--warn-back', '--selected']],
      ['--warn', ['--warn-back', '--card']],
      ['--on-accent', ['--accent']],
    ] as const;
    for (const [text, backs] of pairs) {
      for (const back of backs) {
        expect(contrast(of(text), of(back)), `${text} on ${back}`).toBeGreaterThanOrEqual(4.5);
      }
    }
  });
}
