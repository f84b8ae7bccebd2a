import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

import { expect, it } from 'vitest';

import { startGroup } from './group.ts';

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function untilGone(pid: number): Promise<boolean> {
  for (let n = 0; n < 200 && isThere(pid); n++) await sleep(50);
  return !isThere(pid);
}

it('runs a program, tells its pid and what it wrote, and ends with its code', async () => {
  const group = await startGroup('sh', ['-c', 'echo hello; echo there >&2; exit 3']);
  expect(await group.exited).toBe(3);
  expect(group.output()).toContain('hello');
  expect(group.output()).toContain('there');
  expect(group.running()).toBe(false);
});

it('stops a program with all that it started', async () => {
  const group = await startGroup('sh', ['-c', 'sleep 1000 & echo child $!; wait']);
  let child = 0;
  while (child === 0) {
    child = Number(/child (\d+)/.exec(group.output())?.[1] ?? 0);
    await sleep(10);
  }
  await group.stop();
  expect(await untilGone(group.pid)).toBe(true);
  expect(await untilGone(child)).toBe(true);
});

it('says why a program that is not there did not start', async () => {
  const group = await startGroup('no-such-program', []);
  expect(await group.exited).toBe(127);
  expect(group.output()).toContain('no-such-program');
});

it('leaves nothing behind when whoever started it is killed', async () => {
  const engines = new URL('../dist/index.js', import.meta.url).href;
  const script = `const { startGroup } = await import(${JSON.stringify(engines)});
    console.log((await startGroup('sleep', ['1000'])).pid);
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (data) => resolve(Number(data))));
  expect(isThere(pid)).toBe(true);
  parent.kill('SIGKILL');
  expect(await untilGone(pid)).toBe(true);
});
