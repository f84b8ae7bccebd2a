import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly state: string;
}

/** Processes that run; those that ended and only wait to be counted do not. */
async function processes(): Promise<Process[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,state=']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, parent, state]) => ({ pid: Number(pid), parent: Number(parent), state: state ?? '' }))
    .filter(({ state }) => !state.startsWith('Z'));
}

/** Process ids of the children of a process. */
export async function childrenOf(pid: number): Promise<number[]> {
  return (await processes()).filter(({ parent }) => parent === pid).map((child) => child.pid);
}

/** Which of these processes still run. */
export async function stillRunning(pids: readonly number[]): Promise<number[]> {
  const running = new Set((await processes()).map(({ pid }) => pid));
  return pids.filter((pid) => running.has(pid));
}
