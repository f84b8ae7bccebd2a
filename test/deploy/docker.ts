import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { startGroup } from '@spanloom/engines';

import { waitFor } from '../harness/wait.ts';

/** A Docker daemon that answers. */
export interface Docker {
  /** Runs `docker …`; resolves with what it printed. */
  run(args: readonly string[], options?: { readonly cwd?: string; readonly timeoutMs?: number }): Promise<string>;
  stop(): Promise<void>;
}

/** The one that runs, or one of our own where we may start it; null, and why, where neither can be. */
export async function findDocker(): Promise<Docker | string> {
  const present = client({});
  if (await answers(present)) return { run: present, stop: async () => undefined };
  if (process.getuid?.() !== 0) return 'no Docker daemon answers, and only root could start one';
  const folder = await mkdtemp(join(tmpdir(), 'spanloom-docker-'));
  const socket = `unix://${folder}/docker.sock`;
  const own = client({ DOCKER_HOST: socket });
  async function remove(): Promise<void> {
    // The daemon leaves the namespace of the host's network mounted, also when it is stopped in order.
    const mounts = (await readFile('/proc/mounts', 'utf8')).split('\n').map((line) => line.split(' ')[1] ?? '');
    for (const mount of mounts.filter((path) => path.startsWith(`${folder}/`)).toReversed()) {
      await promisify(execFile)('umount', [mount]);
    }
    await rm(folder, { recursive: true, force: true });
  }
  try {
    // Containers use the network of the host: no bridge, no rules of a firewall.
    const daemon = await startGroup('dockerd', [
      `--host=${socket}`,
      `--data-root=${join(folder, 'data')}`,
      `--exec-root=${join(folder, 'exec')}`,
      `--pidfile=${join(folder, 'pid')}`,
      '--bridge=none',
      '--iptables=false',
    ]);
    const ready = async (): Promise<'yes' | 'no' | null> => {
      if (!daemon.running()) return 'no';
      return (await answers(own)) ? 'yes' : null;
    };
    const how = await waitFor(ready, { withinMs: 30_000, what: 'dockerd', everyMs: 200 });
    if (how === 'no') throw new Error(daemon.output());
    return {
      run: own,
      async stop() {
        await daemon.stop();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    return `no Docker daemon answers, and none could be started: ${String(error)}`;
  }
}

function client(more: NodeJS.ProcessEnv): Docker['run'] {
  // The builder of the daemon itself: not every client brings another.
  const env = { ...process.env, DOCKER_BUILDKIT: '0', ...more };
  return async (args, options = {}) => {
    const { stdout, stderr } = await promisify(execFile)('docker', args, {
      env,
      timeout: options.timeoutMs ?? 60_000,
      maxBuffer: 64 * 1024 * 1024,
      ...(options.cwd !== undefined && { cwd: options.cwd }),
    });
    return `${stdout}${stderr}`;
  };
}

async function answers(run: Docker['run']): Promise<boolean> {
  return run(['info', '--format', '{{.ServerVersion}}'], { timeoutMs: 10_000 }).then(
    (text) => /^\d/.test(text.trim()),
    () => false,
  );
}
