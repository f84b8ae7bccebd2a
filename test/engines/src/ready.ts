import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import type { ProcessGroup } from './group.ts';

/** Asks until the answer is true; rejects with what the program wrote when it ends or takes too long. */
export async function untilReady(
  what: string,
  group: ProcessGroup,
  ask: () => Promise<boolean>,
  withinMs = 60_000,
): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await ask().catch(() => false))) {
    if (!group.running()) throw new Error(`${what} ended before it was ready:\n${group.output()}`);
    if (Date.now() > end) {
      await group.kill();
      throw new Error(`${what} was not ready within ${withinMs / 1000} s:\n${group.output()}`);
    }
    await sleep(50);
  }
}

/** Kills the program and waits until its port is free: the dying process may still accept, and look ready. */
export async function killAt(port: number, group: ProcessGroup): Promise<void> {
  await group.kill();
  while (await accepts(port)) await sleep(20);
}

/** Whether somebody accepts connections at the port of this machine. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
