import { expect, it } from 'vitest';

import { createProgress } from './progress.mjs';

function progress(isTTY) {
  const written = [];
  return { written, ...createProgress('installing', { isTTY, columns: 80, write: (text) => written.push(text) }) };
}

it('is a bar on a terminal that never goes back, and goes at the end', () => {
  const { written, set, end } = progress(true);
  set(0.5, '300 MB');
  set(0.2, '310 MB');
  end();
  expect(written.map((text) => text.replace('\r\u001B[2K', ''))).toEqual([
    `  installing ${'█'.repeat(15)}${'░'.repeat(15)}  50 % 300 MB`,
    `  installing ${'█'.repeat(15)}${'░'.repeat(15)}  50 % 310 MB`,
    '',
  ]);
});

it('is a line at each quarter elsewhere', () => {
  const { written, set, end } = progress(false);
  for (const part of [0, 0.1, 0.26, 0.3, 0.8, 1]) set(part, 'x');
  end();
  expect(written).toEqual(['installing 0 %\n', 'installing 26 %\n', 'installing 80 %\n', 'installing 100 %\n']);
});
