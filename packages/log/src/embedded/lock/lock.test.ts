import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DataDirInUseError } from '../../errors.ts';
import { manualClock } from '../../testing/clock.ts';
import { makeDataDir, type DataDir } from '../../testing/embedded.ts';
import { readLock } from './lock.ts';
import { thisProcess } from './process-identity.ts';

let data: DataDir;

beforeEach(async () => {
  data = await makeDataDir();
});
afterEach(() => data.discard());

async function leaveLock(holder: object): Promise<void> {
  await (await data.open()).close();
  const lock = {
    token: 't',
    sinceMs: 1_700_000_000_000,
    command: 'spanloom all-in-one',
    published: {},
    ...holder,
  };
  await writeFile(join(data.dir, 'lock.json'), JSON.stringify(lock));
}

it('names the holder to whoever comes second', async () => {
  const clock = manualClock();
  await data.open({ clock, command: 'spanloom all-in-one --no-demo' });
  const second = data.open({ clock });
  await expect(second).rejects.toBeInstanceOf(DataDirInUseError);
  await expect(second).rejects.toThrow(
    `The data folder ${data.dir} is in use by process ${process.pid} on ${hostname()} (spanloom all-in-one --no-demo), ` +
      'since 2023-11-14T22:13:20.000Z. Stop it, or choose another --data-dir.',
  );
});

it('tells others what the holder published, and nobody but its user', async () => {
  const log = await data.open();
  log.lock.publish({ url: 'http://localhost:16686' });
  log.lock.publish({ ports: [4317] });
  expect(readLock(data.dir)?.published).toEqual({ url: 'http://localhost:16686', ports: [4317] });
  expect((await stat(join(data.dir, 'lock.json'))).mode & 0o777).toBe(0o600);
});

it('is given back on close', async () => {
  await (await data.open()).close();
  expect(readLock(data.dir)).toBeNull();
  await data.open();
});

it('is taken over from a process that died', async () => {
  const child = spawn(process.execPath, ['-e', '']);
  const { pid } = child;
  await once(child, 'exit');
  await leaveLock({ ...thisProcess(), pid, started: null });
  await data.open({ command: 'next' });
  expect(readLock(data.dir)?.command).toBe('next');
});

it.runIf(process.platform === 'linux')('is taken over when another process has got the number since', async () => {
  await leaveLock({ ...thisProcess(), started: 'another boot/1' });
  await data.open();
});

it('is not taken from a process that runs', async () => {
  await leaveLock({ ...thisProcess(), pid: process.ppid, started: null });
  await expect(data.open()).rejects.toThrow(`is in use by process ${process.ppid}`);
});

it('is taken over from another machine only when it was not touched for 20 s', async () => {
  const clock = manualClock();
  await leaveLock({ pid: 1, hostname: 'elsewhere', started: null });
  await utimes(join(data.dir, 'lock.json'), clock.now() / 1000, clock.now() / 1000);
  clock.moveBy(19_000);
  await expect(data.open({ clock })).rejects.toThrow('in use by process 1 on elsewhere');
  clock.moveBy(2_000);
  await data.open({ clock });
});

it('is touched by its holder, who stops writing when it finds another', async () => {
  const clock = manualClock();
  const errors: string[] = [];
  const log = await data.open({ clock, onBackgroundError: (error) => errors.push(error.message) });
  await log.append('spans', 0, [{ key: null, value: null }]);
  clock.moveBy(5_000);
  const touchedMs = async (): Promise<number> => (await stat(join(data.dir, 'lock.json'))).mtimeMs;
  await vi.waitFor(async () => expect(await touchedMs()).toBe(clock.now()));
  const taken = {
    ...JSON.parse(await readFile(join(data.dir, 'lock.json'), 'utf8')),
    token: 'other',
  };
  await writeFile(join(data.dir, 'lock.json'), JSON.stringify(taken));
  await vi.waitFor(() => expect(clock.sleepers()).toContain(5_000));
  clock.moveBy(5_000);
  await vi.waitFor(() => expect(errors).toEqual([expect.stringContaining('was taken by another process')]));
  await expect(log.append('spans', 0, [{ key: null, value: null }])).rejects.toThrow('was taken by another process');
});
