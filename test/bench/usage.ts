import { readFileSync } from 'node:fs';

/** The kernel counts CPU time in these, on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** CPU seconds that a process has used, user and system; what its ended children used is not in it. */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** The most memory that a process has had resident, in MB. */
export function peakRssMbOf(pid: number): number {
  return statusMb(pid, 'VmHWM');
}

/** The memory that a process has resident now, in MB. */
export function rssMbOf(pid: number): number {
  return statusMb(pid, 'VmRSS');
}

function statusMb(pid: number, field: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024);
}

/** CPU seconds of this thread's process that a fixed piece of work takes: how fast the machine is just now. */
export function calibrate(): number {
  const before = process.cpuUsage();
  const table = new Int32Array(1 << 16);
  let x = 1;
  for (let i = 0; i < 200_000_000; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) | 0;
    const at = x >>> 16;
    table[at] = ((table[at] ?? 0) ^ x) | 0;
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
