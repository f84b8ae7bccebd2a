import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import type { Clock } from '@spanloom/span';
import { StoreError } from '../errors.ts';
import type { FromServer, ToServer } from './messages.ts';

export interface EmbeddedOptions {
  /** Folder of the engine's data; made where it is missing. One engine at a time. */
  readonly dataDir: string;
  readonly clock: Clock;
  /** The engine refuses work beyond this. Default 2 GiB. */
  readonly maxMemoryBytes?: number;
  /** Threads of one query. Default: half the cores, 2 at least. */
  readonly maxThreads?: number;
  /** Called when the engine died and is started again; `restarts` counts from 1. */
  readonly onRestart?: (event: { readonly restarts: number; readonly reason: string }) => void;
}

/** A ClickHouse inside a child process. Address and secret stay the same when it is restarted. */
export interface EmbeddedEngine {
  readonly url: string;
  /** User `default`'s password. */
  readonly secret: string;
  /** For example `26.7.2.1`. */
  readonly version: string;
  /** Process id of the engine now, or null between a death and the restart. */
  pid(): number | null;
  /** Lets running statements end, then stops the engine and resolves when its process is gone. */
  close(): Promise<void>;
}

const defaultMaxMemoryBytes = 2 * 1024 ** 3;
const firstBackoffMs = 100;
const maxBackoffMs = 10_000;
/** A dying engine holds its lock for a moment; 15 s is far longer than any was seen to take. */
const lockPatienceMs = 15_000;
const stopPatienceMs = 10_000;

/**
 * Starts the engine and resolves when it takes queries. Rejects with a `StoreError` when chDB is
 * not installed for this platform or another process holds the data folder.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedEngine> {
  const supervisor = new Supervisor(options);
  await supervisor.start();
  return supervisor;
}

class Supervisor implements EmbeddedEngine {
  readonly secret = randomBytes(32).toString('base64url');
  readonly #options: EmbeddedOptions;
  readonly #stopping = new AbortController();
  #child: ChildProcess | null = null;
  #port = 0;
  #version = '';
  #restarts = 0;
  #restarting: Promise<void> = Promise.resolve();

  constructor(options: EmbeddedOptions) {
    this.#options = options;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get version(): string {
    return this.#version;
  }

  pid(): number | null {
    return this.#child?.pid ?? null;
  }

  async start(): Promise<void> {
    const { clock, dataDir } = this.#options;
    const giveUpAt = clock.now() + lockPatienceMs;
    for (;;) {
      const answer = await this.#spawn();
      if (answer.type === 'ready') return;
      if (answer.reason === 'missing') throw notInstalled(answer.message);
      if (answer.reason === 'other') throw new StoreError(`the embedded ClickHouse: ${answer.message}`, 'broken');
      if (clock.now() >= giveUpAt) {
        throw new StoreError(
          `the data folder ${dataDir} could not be opened: another process uses it, or it cannot be written`,
          'broken',
        );
      }
      await clock.sleep(250);
    }
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#restarting;
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    send(child, { type: 'stop' });
    const patience = new AbortController();
    const tooLong = this.#options.clock.sleep(stopPatienceMs, patience.signal).then(() => child.kill('SIGKILL'));
    await gone;
    patience.abort();
    await tooLong;
  }

  /** Starts a process and resolves with its first word. */
  async #spawn(): Promise<FromServer> {
    const child = fork(serverEntry(), [], {
      // A statement blocks one thread of the pool; the default of 4 would leave none for files. Nothing
      // else is handed on: the engine has no use for our environment, and times are in UTC.
      env: { UV_THREADPOOL_SIZE: '16', TZ: 'UTC' },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let complaint = '';
    child.stderr?.on('data', (chunk: Buffer) => (complaint = `${complaint}${chunk.toString()}`.slice(-4096)));
    const answer = await new Promise<FromServer>((resolve) => {
      child.once('message', (message) => resolve(message as FromServer));
      child.once('error', (error) => resolve({ type: 'failed', reason: 'other', message: error.message }));
      child.once('exit', (code, signal) => {
        const message = `the engine ended (${signal ?? code}) ${complaint}`.trim();
        resolve({ type: 'failed', reason: 'other', message });
      });
      send(child, {
        type: 'start',
        engine: {
          dataDir: this.#options.dataDir,
          maxMemoryBytes: this.#options.maxMemoryBytes ?? defaultMaxMemoryBytes,
          maxThreads: this.#options.maxThreads ?? Math.max(2, Math.floor(availableParallelism() / 2)),
        },
        port: this.#port,
        secret: this.secret,
      });
    });
    if (answer.type === 'failed') {
      child.kill('SIGKILL');
      return answer;
    }
    this.#child = child;
    this.#port = answer.port;
    this.#version = answer.version;
    child.once('exit', (code, signal) => {
      this.#child = null;
      if (!this.#stopping.signal.aborted) this.#restarting = this.#restart(`${signal ?? code} ${complaint}`.trim());
    });
    return answer;
  }

  async #restart(reason: string): Promise<void> {
    for (let backoffMs = firstBackoffMs; ; backoffMs = Math.min(maxBackoffMs, backoffMs * 2)) {
      await this.#options.clock.sleep(backoffMs, this.#stopping.signal);
      if (this.#stopping.signal.aborted) return;
      this.#restarts += 1;
      this.#options.onRestart?.({ restarts: this.#restarts, reason });
      const answer = await this.#spawn();
      if (answer.type === 'ready') return;
    }
  }
}

/** The compiled entry, also when this file runs from source: a child process has no loader for TypeScript. */
function serverEntry(): string {
  return createRequire(import.meta.url).resolve('@spanloom/store/embedded-server');
}

function send(child: ChildProcess, message: ToServer): void {
  // A child that is already gone is reported by its `exit`.
  child.send(message, () => {});
}

function notInstalled(message: string): StoreError {
  return new StoreError(
    `the embedded ClickHouse does not run on this platform (${process.platform}-${process.arch}): ` +
      `set SPANLOOM_CLICKHOUSE_URL to a ClickHouse server. ${message}`,
    'broken',
  );
}
