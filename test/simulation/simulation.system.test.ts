import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

import { mutations } from './mutate/mutations.ts';

const script = fileURLToPath(new URL('../../scripts/simulate.mjs', import.meta.url));

/** Runs the command; a seed that breaks a promise is in what it prints. */
function simulate(...args: readonly string[]): Promise<{ readonly ok: boolean; readonly output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      resolve({ ok: error === null, output: `${stdout}${stderr}` });
    });
  });
}

/** A seed that notices each mutation: whoever changes what seeds mean finds new ones with `--mutation`. */
const noticedBy: Readonly<Record<string, number>> = {
  'commit-before-emit': 1,
  'release-before-emit': 15,
  'ignore-owner': 38,
  'no-reconcile': 9,
  'cut-by-reader': 1,
  'no-strip': 19,
  'no-strip-within': 126,
  'strip-own-rows': 5,
  'no-look': 13,
  'look-once': 9,
  'lease-from-build': 449,
  'watermark-too-high': 1,
  'time-per-batch': 9,
  'no-sum': 57,
  'no-dedupe': 1,
  'record-before-insert': 1,
  'no-correction': 2,
  'blind-resume': 195,
  'resume-without-end': 2623,
  'resume-without-look': 3638,
  'late-position': 69,
  'reconcile-too-far': 108,
  'fragments-first': 16,
  'no-floor': 1,
  'endless-ranges': 5,
  'endless-sends': 14,
  'no-ticks': 1,
};

describe.concurrent('the protocol in virtual time', () => {
  test('keeps every promise: the same seeds each time', async () => {
    const { ok, output } = await simulate('--from', '1', '--seconds', '20');
    expect(output).toContain('every promise was kept');
    expect(ok).toBe(true);
  });

  test('keeps every promise: seeds that nobody ran before, with small limits', async () => {
    const seed = String(Date.now() % 1_000_000_000);
    const { ok, output } = await simulate('--tight', '--from', seed, '--seconds', '20');
    expect(output).toContain('every promise was kept');
    expect(ok).toBe(true);
  });

  test.each([
    [
      'a send that is on its way when its sender loses the partition, and lands when it has it again',
      '777964881',
      '--tight',
    ],
    ['a chunk that was counted, expired, and came again out of a buffer that was rolled back', '600013800'],
    ['a batch that is recorded when the sink has given up waiting, and begun anew', '610016107'],
  ])('keeps every promise that can be kept: %s', async (_, seed, ...options) => {
    const { ok, output } = await simulate(...options, '--from', seed, '--seeds', '1');
    expect(output).toContain('every promise was kept');
    expect(ok).toBe(true);
  });

  test('tells the story of a seed that breaks one, cut short', async () => {
    const seed = ['--mutation', 'no-strip', '--replay', String(noticedBy['no-strip'])];
    const [short, whole] = [await simulate(...seed), await simulate(...seed, '--whole')];
    expect(short.output).toMatch(/BROKEN: chunk \d+ is in resources twice/);
    expect(short.output.split('\n').length).toBeLessThan(whole.output.split('\n').length * 0.6);
    expect(short.output).toMatch(/^ +\d+\.\d{3} s {2}sink \d: inserts \[\d+, \d+\) into fragments$/m);
  });

  test('runs a seed the same way each time', async () => {
    const [first, again] = [await simulate('--replay', '7'), await simulate('--replay', '7')];
    expect(first.output.split('\n').length).toBeGreaterThan(50);
    expect(again.output).toBe(first.output);
  });
});

describe.concurrent('a mistake in the product', () => {
  test.each(Object.keys(mutations))('%s is noticed', async (name) => {
    const { output } = await simulate('--mutation', name, '--from', String(noticedBy[name]), '--seeds', '1');
    expect(output).toContain(`${name}: noticed by seed`);
  });

  test('that is not in its code any more is told', async () => {
    expect(Object.keys(noticedBy).toSorted()).toEqual(Object.keys(mutations).toSorted());
  });
});
