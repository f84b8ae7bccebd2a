import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from '@spanloom/engines';
import { waitFor } from './wait.ts';

/** The compiled `spanloom` command. */
export const cli: string = createRequire(import.meta.url).resolve('@spanloom/all-in-one/dist/cli.js');

export interface Ports {
  readonly grpc: number;
  readonly http: number;
  readonly query: number;
  readonly health: number;
}

/** A folder of its own for a pipeline's data, removed by `remove`. */
export async function dataDir(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'spanloom test '));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Ports for one pipeline; a restart of the same pipeline uses them again. */
export async function freePorts(): Promise<Ports> {
  const [grpc, http, query, health] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  return { grpc, http, query, health };
}

/** A running `spanloom all-in-one`: the real command in a process group of its own. */
export class Pipeline {
  readonly ports: Ports;
  readonly #child: ChildProcess;
  readonly #exit: Promise<number | null>;
  #output = '';

  private constructor(child: ChildProcess, ports: Ports) {
    this.#child = child;
    this.ports = ports;
    child.stdout?.on('data', (data: Buffer) => (this.#output += data.toString()));
    child.stderr?.on('data', (data: Buffer) => (this.#output += data.toString()));
    this.#exit = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
  }

  /** Resolves when the pipeline is ready for spans and queries. */
  static async start(
    path: string,
    ports: Ports,
    flags: readonly string[] = ['--no-demo'],
    node: readonly string[] = [],
  ): Promise<Pipeline> {
    const child = spawn(
      process.execPath,
      [
        ...node,
        cli,
        'all-in-one',
        '--data-dir',
        path,
        '--otlp-grpc-port',
        String(ports.grpc),
        '--otlp-http-port',
        String(ports.http),
        '--query-port',
        String(ports.query),
        '--query-grpc-port',
        '0',
        '--health-port',
        String(ports.health),
        ...flags,
      ],
      { detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const pipeline = new Pipeline(child, ports);
    await waitFor(
      async () => {
        if (child.exitCode !== null) return 'gone';
        const signal = AbortSignal.timeout(10_000);
        const answer = await fetch(`http://127.0.0.1:${ports.health}/readyz`, { signal });
        return answer.ok ? 'ready' : null;
      },
      { withinMs: 60_000, what: 'the pipeline to be ready' },
    ).catch((error: unknown) => {
      pipeline.#signal('SIGKILL');
      throw new Error(`${String(error)}\n${pipeline.output}`);
    });
    if (child.exitCode !== null) throw new Error(`the pipeline exited with ${child.exitCode}\n${pipeline.output}`);
    return pipeline;
  }

  get output(): string {
    return this.#output;
  }
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** `kill -9` of every process of the tree at once. */
  async kill(): Promise<void> {
    this.#signal('SIGKILL');
    await this.#exit;
  }

  /** SIGTERM, then the exit code. Kills what is left of the tree after 20 s. */
  async stop(): Promise<number | null> {
    if (this.#child.exitCode !== null) return this.#child.exitCode;
    this.#child.kill('SIGTERM');
    const late = setTimeout(() => this.#signal('SIGKILL'), 20_000);
    const code = await this.#exit;
    clearTimeout(late);
    this.#signal('SIGKILL');
    return code;
  }

  /** To the pipeline's own process, not to its children. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Resolves with the exit code when the pipeline's own process is gone; null after a fatal signal. */
  exited(): Promise<number | null> {
    return this.#exit;
  }

  async json(path: string): Promise<unknown> {
    const answer = await fetch(`http://127.0.0.1:${this.ports.query}${path}`);
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  async metrics(): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.ports.health}/metrics`)).text();
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the `spanloom` command to its end. */
export function spanloom(...args: readonly string[]): Promise<Ended> {
  return runNode([cli, ...args]);
}

/** No command that a test runs takes longer. */
const patienceMs = 120_000;

/** Runs a Node program to its end. Rejects with its output where that does not come. */
export async function runNode(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const late = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearTimeout(late);
  if (child.signalCode === 'SIGKILL') {
    throw new Error(`${args.join(' ')} did not end within ${patienceMs} ms:\n${stdout}\n${stderr}`);
  }
  return { code, stdout, stderr };
}
