import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type ProcessGroup, startGroup } from './group.ts';
import { freePort } from './ports.ts';
import { killAt, untilReady } from './ready.ts';

export interface RedisOptions {
  /** More arguments of redis-server, for example `['--maxmemory', '32mb']`. */
  readonly args?: readonly string[];
  /** `redis-sentinel` runs as one; its arguments then begin with a configuration file. */
  readonly program?: 'redis-server' | 'redis-sentinel';
}

/** A Redis of a test's own. Port and folder stay the same when it is started again. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Its working folder, where `dump.rdb` lies. */
  readonly dir: string;
  readonly group: () => ProcessGroup;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** After a kill. */
  start(): Promise<void>;
  /** Stops it and removes its folder. */
  stop(): Promise<void>;
}

/** Starts `redis-server` on a free port, without persistence but for what the arguments say. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const { args = [], program = 'redis-server' } = options;
  const dir = await mkdtemp(join(tmpdir(), 'spanloom redis '));
  const port = await freePort();
  let group = await run();

  async function run(): Promise<ProcessGroup> {
    const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir];
    const quiet = program === 'redis-server' ? ['--save', '', '--appendonly', 'no'] : [];
    const [file = '', ...rest] = args;
    const all = program === 'redis-server' ? [...own, ...quiet, ...args] : [file, ...own, ...rest];
    const started = await startGroup(program, all);
    await untilReady(program, started, () => answers(port));
    return started;
  }

  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    dir,
    group: () => group,
    kill: () => killAt(port, group),
    async start() {
      group = await run();
    },
    async stop() {
      await killAt(port, group);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Whether Redis has loaded what it keeps and answers: a password or TLS that it asks for is an answer too. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port }, () => socket.write('PING\r\n'));
    const done = (ready: boolean): void => {
      socket.destroy();
      resolve(ready);
    };
    socket.once('data', (data) => done(!data.toString('latin1').includes('LOADING')));
    socket.once('close', () => done(false));
    socket.once('error', () => done(false));
    socket.setTimeout(1000, () => done(false));
  });
}
