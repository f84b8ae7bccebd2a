import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { FromChild, ToChild } from './child-messages.ts';
import { removeControlFile } from './fault/control-file.ts';
import { demoEnvironment, serviceNames } from './names.ts';

export interface DemoOptions {
  /** Base URL of an OTLP/HTTP intake, for example `http://127.0.0.1:4318`. */
  readonly otlpEndpoint: string;
  /** Where `demo.json` is written, for `demo:break`. */
  readonly dataDir: string;
  /** Requests to the shop's frontend per second, on average; above 0; each makes 4 to 30 spans. */
  readonly requestsPerSecond: number;
  /** Told in a sentence when the demo's process died and is started again. */
  readonly onProblem?: (problem: string) => void;
}

/** A demo that runs. */
export interface Demo {
  /** `service.name` of each. */
  readonly services: string[];
  /** `deployment.environment.name` of all. */
  readonly environment: string;
  /** Exports what is under way and ends the process; resolves when it is gone, after at most 3 s. */
  stop(): Promise<void>;
}

const startMs = 20_000;
const stopMs = 3_000;
const firstRestartMs = 1_000;
const maxRestartMs = 30_000;

/** Works from `src` as well as from `dist`: a forked process runs compiled code. */
const childPath = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/**
 * Runs the demo shop in a process of its own, which ends with this one, and starts it again when
 * it dies. Resolves when the shop answers and its load has begun; rejects when it cannot start.
 */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  if (!(options.requestsPerSecond > 0)) throw new RangeError('requestsPerSecond must be above 0');
  const stopping = new AbortController();
  const report = options.onProblem ?? (() => undefined);
  let child = await startChild(options, stopping.signal);

  async function supervise(): Promise<void> {
    let restartMs = firstRestartMs;
    let problem = await endOf(child);
    while (!stopping.signal.aborted) {
      report(`${problem}; starting it again in ${restartMs / 1000} s`);
      await sleep(restartMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      restartMs = Math.min(restartMs * 2, maxRestartMs);
      if (stopping.signal.aborted) return;
      try {
        child = await startChild(options, stopping.signal);
        problem = await endOf(child);
      } catch (error) {
        problem = error instanceof Error ? error.message : String(error);
      }
    }
  }

  const supervised = supervise();
  return {
    services: [...serviceNames],
    environment: demoEnvironment,
    async stop() {
      stopping.abort();
      await stopChild(child);
      await supervised;
      await removeControlFile(options.dataDir);
    },
  };
}

/** Resolves when the child is ready; rejects, with the child gone or going, when it will not be. */
function startChild(options: DemoOptions, signal: AbortSignal): Promise<ChildProcess> {
  const child = fork(childPath, {
    // Keeps the process at 70 MB: the shop's own heap is about 15 MB, the rest would be garbage.
    execArgv: ['--max-old-space-size=64', '--max-semi-space-size=2'],
    env: withoutOpenTelemetry(process.env),
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const { otlpEndpoint, dataDir, requestsPerSecond } = options;
  const start: ToChild = { type: 'start', otlpEndpoint, dataDir, requestsPerSecond };
  return new Promise((resolve, reject) => {
    const refuse = (why: string): void => {
      child.kill('SIGKILL');
      settle();
      reject(new Error(`the demo did not start: ${why}`));
    };
    const timer = setTimeout(() => refuse(`not ready within ${startMs / 1000} s`), startMs);
    const onAbort = (): void => refuse('it was stopped');
    const onExit = (code: number | null): void => refuse(`its process ended with code ${code}`);
    const onMessage = (message: FromChild): void => {
      if (message.type === 'failed') return refuse(message.message);
      settle();
      resolve(child);
    };
    const settle = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      child.off('exit', onExit);
      child.off('message', onMessage);
    };
    signal.addEventListener('abort', onAbort);
    child.on('exit', onExit);
    child.on('message', onMessage);
    // Stays for the child's life: a signal that cannot be delivered is an 'error' event as well.
    child.on('error', (error) => refuse(error.message));
    child.send(start, () => undefined);
  });
}

/** Resolves when the process is gone, with a sentence that says how. */
async function endOf(child: ChildProcess): Promise<string> {
  if (child.exitCode === null && child.signalCode === null) {
    await new Promise<void>((resolve) => child.once('exit', () => resolve()));
  }
  return `the demo's process ended (${child.signalCode ?? `code ${child.exitCode}`})`;
}

async function stopChild(child: ChildProcess): Promise<void> {
  const timer = setTimeout(() => child.kill('SIGKILL'), stopMs);
  if (child.connected) child.send({ type: 'stop' } satisfies ToChild, () => undefined);
  await endOf(child);
  clearTimeout(timer);
}

/** The user's own OTEL_ variables are for the user's applications: a sampler set there would thin out the demo. */
function withoutOpenTelemetry(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('OTEL_')));
}
