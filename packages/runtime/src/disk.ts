import { mkdir, readdir, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { UserError } from './user-error.ts';

/** Makes the folder if needed and proves that it can be written to; rejects with a {@link UserError}. */
export async function ensureWritableFolder(path: string): Promise<void> {
  const probe = join(path, `.writable-${process.pid}`);
  try {
    await mkdir(path, { recursive: true });
    await writeFile(probe, 'x');
    await rm(probe);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new UserError(`The folder ${path} cannot be written: ${reasons[code] ?? code}.`, {
      hint: code === 'ENOSPC' ? 'Free some space, or choose another --data-dir.' : 'Choose another --data-dir.',
      cause: error,
    });
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'it is a file',
  EDQUOT: 'the quota is used up',
};

/** Bytes that this user may still write on the disk of `path`. */
export async function freeBytes(path: string): Promise<number> {
  const disk = await statfs(path);
  return disk.bavail * disk.bsize;
}

/** Bytes on disk of all files below; 0 where there is no such folder. Files that go meanwhile count nothing. */
export async function folderBytes(path: string): Promise<number> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  let bytes = 0;
  for (const entry of entries) {
    const inside = join(path, entry.name);
    // Blocks of 512 bytes: the log's file is sparse.
    if (entry.isDirectory()) bytes += await folderBytes(inside);
    else if (entry.isFile())
      bytes += await stat(inside).then(
        (file) => file.blocks * 512,
        () => 0,
      );
  }
  return bytes;
}
