import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Server, createServer } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { listen } from './listen.ts';
import { listeningInodes, portOwner } from './port-owner.ts';
import { UserError } from './user-error.ts';

const host = '127.0.0.1';
const open: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

function server(): Server {
  const made = createServer();
  open.push(() => void made.close());
  return made;
}

/** A port that another process, a Node, has. */
async function takenPort(): Promise<{ port: number; pid: number }> {
  const program =
    "const s = require('net').createServer().listen(0, '127.0.0.1', () => console.log(s.address().port));";
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  open.push(() => {
    child.kill('SIGKILL');
    return once(child, 'close');
  });
  const [line]: unknown[] = await once(child.stdout, 'data');
  return { port: Number(String(line)), pid: child.pid ?? 0 };
}

describe('listen', () => {
  it('resolves with the port that is open', async () => {
    const first = server();
    const port = await listen(first, { host, port: 0 });
    expect(port).toBeGreaterThan(0);
    expect(first.address()).toMatchObject({ port });
  });

  it('names the process that has the port, and the way around', async () => {
    const { port, pid } = await takenPort();
    const error: unknown = await listen(server(), { host, port }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({
      message: expect.stringMatching(new RegExp(`^Port ${port} is in use by \\S.* \\(pid ${pid}\\)\\.$`)),
      hint: expect.stringContaining('--ports +10000'),
    });
  });

  it('says so when the machine has no such address', async () => {
    const error: unknown = await listen(server(), { host: '203.0.113.1', port: 0 }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      message: 'This machine has no address 203.0.113.1.',
      hint: expect.stringContaining('--host'),
    });
  });
});

describe('the owner of a port', () => {
  it('is the process that listens on it', async () => {
    const port = await listen(server(), { host, port: 0 });
    expect(await portOwner(port)).toMatchObject({ pid: process.pid });
  });

  it('is nobody for a free one', async () => {
    const once = server();
    const port = await listen(once, { host, port: 0 });
    await new Promise((resolve) => once.close(resolve));
    expect(await portOwner(port)).toBeNull();
  });

  it('is read from the sockets that listen, not from those that are connected', () => {
    const table = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '   0: 0100007F:10DE 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 41 1 0 100 0 0 10 0',
      '   1: 0100007F:10DE 0100007F:C001 01 00000000:00000000 00:00000000 00000000     0        0 42 1 0 100 0 0 10 0',
      '   2: 0100007F:110D 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 43 1 0 100 0 0 10 0',
      '',
    ].join('\n');
    expect(listeningInodes(table, 4318)).toEqual(['41']);
    expect(listeningInodes(table, 222)).toEqual([]);
  });
});
