import { describe, expect, it } from 'vitest';

import { createTerminal } from './terminal.ts';

/** What a terminal shows after these writes: lines, of which the last may be erased and written anew. */
function shown(written: readonly string[]): string[] {
  return written
    .join('')
    .split('\n')
    .map((line) => line.split('\r\u001B[2K').at(-1) ?? '');
}

function terminal(isTTY: boolean, columns = 80) {
  const written: string[] = [];
  return { written, ...createTerminal({ isTTY, columns, write: (text) => written.push(text) }) };
}

describe('the live line', () => {
  it('stays last, below what is written meanwhile', () => {
    const { written, write, live } = terminal(true);
    write('screen\n');
    live('spans 1/s');
    live('spans 2/s');
    write('warn the store is slow\n');
    expect(shown(written)).toEqual(['screen', 'warn the store is slow', 'spans 2/s']);
    live('');
    write('bye\n');
    expect(shown(written)).toEqual(['screen', 'warn the store is slow', 'bye', '']);
  });

  it('never wraps', () => {
    const { written, live } = terminal(true, 20);
    live('x'.repeat(50));
    expect(shown(written)).toEqual(['x'.repeat(19)]);
  });

  it('is not there off a terminal', () => {
    const { written, write, live } = terminal(false);
    live('spans 1/s');
    write('line\n');
    expect(written).toEqual(['line\n']);
  });
});
