import { describe, expect, it } from 'vitest';

import { configHelp } from './help.ts';
import { options } from './table.ts';

describe('the help', () => {
  const lines = configHelp('spanloom all-in-one [settings]').split('\n');

  it('fits 80 columns', () => {
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  it.each([...options.keys()])('has --%s once', (name) => {
    const flag = new RegExp(`^ {2}--(\\[no-\\])?${name}( |$)`);
    expect(lines.filter((line) => flag.test(line))).toHaveLength(1);
  });

  it('says defaults and choices', () => {
    const text = lines.map((line) => line.trim()).join(' ');
    expect(text).toContain('Silence after which a whole trace is finished (6s)');
    expect(text).toContain('auto, pretty, json (auto)');
    expect(text).toContain('Send demo traffic (yes)');
    expect(text).toContain("(in the user's data folder)");
  });
});
