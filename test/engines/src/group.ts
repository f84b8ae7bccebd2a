/** Programs that a test starts, each in a process group of its own that never outlives the test. */
import { type ChildProcess, spawn } from 'node:child_process';

/** A program and its children. */
export interface ProcessGroup {
  /** Of the program itself, not of the shell that watches over it. */
  readonly pid: number;
  /** What it wrote last, for the error of whoever waited for it in vain. */
  output(): string;
  /** Resolves when the program is gone, with its exit code; null after a signal. */
  readonly exited: Promise<number | null>;
  running(): boolean;
  /** To the program alone. */
  signal(signal: NodeJS.Signals): void;
  /** SIGTERM, and SIGKILL after 20 s; resolves when nothing is left of the group. */
  stop(): Promise<void>;
  /** SIGKILL to all of it at once. */
  kill(): Promise<void>;
}

export interface GroupOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Runs the program ($@) and a watch on standard input, which whoever started us holds open: when it
 * ends, however it ends, the group is killed. The first line of output is the program's pid.
 */
const watched = `exec 3<&0
"$@" </dev/null 3<&- &
program=$!
echo "$program"
{ cat <&3 >/dev/null; kill -s KILL -- -$$; } >/dev/null 2>&1 &
exec 3<&-
wait "$program"
code=$?
trap '' TERM
kill -TERM $! 2>/dev/null
exit "$code"`;

const stopPatienceMs = 20_000;
const keptOutput = 16_384;

/** Starts a program; resolves when it runs, which says nothing of whether it is ready. */
export async function startGroup(
  command: string,
  args: readonly string[],
  options: GroupOptions = {},
): Promise<ProcessGroup> {
  const shell = spawn('sh', ['-c', watched, 'sh', command, ...args], {
    ...options,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (data: Buffer): void => void (output = (output + data.toString()).slice(-keptOutput));
  shell.stderr.on('data', collect);
  const exited = new Promise<number | null>((resolve) => shell.once('exit', (code) => resolve(code)));
  const pid = await new Promise<number>((resolve, reject) => {
    let first = '';
    const onFirst = (data: Buffer): void => {
      first += data.toString();
      const end = first.indexOf('\n');
      if (end < 0) return;
      shell.stdout.off('data', onFirst);
      shell.stdout.on('data', collect);
      output += first.slice(end + 1);
      resolve(Number(first.slice(0, end)));
    };
    shell.stdout.on('data', onFirst);
    shell.once('error', reject);
    shell.once('exit', (code) => reject(new Error(`${command} ended at once with ${code}: ${output}`)));
  });

  const running = (): boolean => shell.exitCode === null && shell.signalCode === null;
  async function kill(): Promise<void> {
    signalGroup(shell, 'SIGKILL');
    await exited;
  }
  return {
    pid,
    output: () => output,
    exited,
    running,
    signal: (signal) => signalOne(pid, signal),
    async stop() {
      // A stopped program would not hear it.
      signalOne(pid, 'SIGCONT');
      signalOne(pid, 'SIGTERM');
      const late = setTimeout(() => signalGroup(shell, 'SIGKILL'), stopPatienceMs);
      await exited;
      clearTimeout(late);
      signalGroup(shell, 'SIGKILL');
    },
    kill,
  };
}

function signalGroup(shell: ChildProcess, signal: NodeJS.Signals): void {
  if (shell.pid !== undefined) signalOne(-shell.pid, signal);
}

function signalOne(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
