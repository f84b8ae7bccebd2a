import { execFile } from 'node:child_process';
import { readFile, readdir, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

export interface PortOwner {
  readonly pid: number;
  readonly name: string;
}

/** The process that listens on this TCP port, or null where it cannot be found (another user's, say). */
export async function portOwner(port: number): Promise<PortOwner | null> {
  return (await fromProc(port)) ?? (await fromLsof(port));
}

async function fromProc(port: number): Promise<PortOwner | null> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'utf8').catch(() => '')),
  );
  const inodes = new Set(tables.flatMap((table) => listeningInodes(table, port)));
  if (inodes.size === 0) return null;
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  for (const pid of pids) {
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const descriptor of descriptors) {
      const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
      if (inode === undefined || !inodes.has(inode)) continue;
      const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'a process');
      return { pid: Number(pid), name: name.trim() };
    }
  }
  return null;
}

/** Inodes of sockets that listen on the port, from the text of /proc/net/tcp: `sl local_address rem_address st … inode`. */
export function listeningInodes(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(suffix) === true && fields[3] === '0A')
    .map((fields) => fields[9] ?? '');
}

async function fromLsof(port: number): Promise<PortOwner | null> {
  const found = await promisify(execFile)('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], {
    timeout: 2000,
  }).catch(() => null);
  const pid = /^p(\d+)$/m.exec(found?.stdout ?? '')?.[1];
  const name = /^c(.+)$/m.exec(found?.stdout ?? '')?.[1];
  return pid === undefined ? null : { pid: Number(pid), name: name ?? 'a process' };
}
