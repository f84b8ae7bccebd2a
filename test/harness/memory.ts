import { readFileSync, readdirSync } from 'node:fs';

/** Resident memory of a process. */
export interface Memory {
  readonly name: string;
  readonly rssMb: number;
  /** Without pages of mapped files, which the system takes back when it needs them. */
  readonly anonMb: number;
}

/** The process and its children, from /proc. */
export function memoryOf(pid: number): Memory[] {
  const pids = [pid];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const status = statusOf(entry);
    if (Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]) === pid) pids.push(Number(entry));
  }
  return pids.map((each) => {
    const status = statusOf(String(each));
    const mb = (field: string): number =>
      Math.round(Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024);
    const command = readFileSync(`/proc/${each}/cmdline`, 'utf8').split('\0').slice(1, 3).join(' ');
    return { name: command.split('/').slice(-3).join('/'), rssMb: mb('VmRSS'), anonMb: mb('RssAnon') };
  });
}

/** Empty for a process that ended between the listing and the look. */
function statusOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}
