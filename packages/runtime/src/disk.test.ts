import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ensureWritableFolder, folderBytes, freeBytes } from './disk.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spanloom disk '));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a folder to write to', () => {
  it('is made where it is missing, and left empty', async () => {
    const path = join(folder, 'a', 'b c');
    await ensureWritableFolder(path);
    expect((await stat(path)).isDirectory()).toBe(true);
    expect(await readdir(path)).toEqual([]);
  });

  it.each([
    ['is a file', 'file', 'it is a file'],
    ['is below a file', 'file/data', 'a part of the path is a file'],
  ])('that %s is refused, and says what to do', async (_, path, why) => {
    await writeFile(join(folder, 'file'), 'x');
    await expect(ensureWritableFolder(join(folder, path))).rejects.toMatchObject({
      name: 'UserError',
      message: `The folder ${join(folder, path)} cannot be written: ${why}.`,
      hint: 'Choose another --data-dir.',
    });
  });
});

describe('bytes', () => {
  it('of a folder are those of all files below', async () => {
    await mkdir(join(folder, 'deep', 'er'), { recursive: true });
    await writeFile(join(folder, 'one'), Buffer.alloc(10_000, 1));
    const one = await folderBytes(folder);
    expect(one).toBeGreaterThanOrEqual(10_000);
    expect(one).toBeLessThan(100_000);
    await writeFile(join(folder, 'deep', 'er', 'two'), Buffer.alloc(200_000, 1));
    expect(await folderBytes(folder)).toBeGreaterThanOrEqual(210_000);
  });

  it('of a folder that is not there are none', async () => {
    expect(await folderBytes(join(folder, 'none'))).toBe(0);
  });

  it('that are free are more than none', async () => {
    expect(await freeBytes(folder)).toBeGreaterThan(0);
  });
});
