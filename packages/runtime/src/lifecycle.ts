import type { Clock } from '@spanloom/span';

import { errorLine, exitCodeOf } from './user-error.ts';

/** A part of the process with a beginning and an end. */
export interface Service {
  readonly name: string;
  /** Resolves when it is at work. */
  start(): Promise<unknown>;
  /** Resolves when nothing of it is left. Called once, only after `start` resolved. */
  stop(): Promise<unknown>;
  /** Asked for after `start`; rejects when the service died. Resolving means nothing. */
  ended?(): Promise<unknown>;
}

/** What is needed of `process`. */
export interface ProcessLike {
  on(event: string, listener: (value: unknown) => void): unknown;
  off(event: string, listener: (value: unknown) => void): unknown;
  exit(code: number): void;
}

export interface RunOptions {
  /** Started in this order, stopped in the reverse. */
  readonly services: readonly Service[];
  readonly process: ProcessLike;
  readonly clock: Clock;
  /** Takes the one line that says why the process ends, where it ends badly. */
  readonly print: (line: string) => void;
  /** After a signal or a death, all services must have stopped within this; default 5,000. */
  readonly drainMs?: number;
}

const signals = ['SIGINT', 'SIGTERM'] as const;
const faults = ['uncaughtException', 'unhandledRejection'] as const;
/** What a shell reports for a program that SIGINT ended. */
const interruptedExitCode = 130;
/** One Ctrl-C comes twice under npm, from the terminal and from npm itself, some 10 ms apart. */
const sameSignalMs = 250;

/**
 * Runs the services until a signal comes or one of them dies, stops them, exits. Exit codes: 0
 * after a signal; 130 at a second one, at once; 1 where a service died or did not stop in time; a
 * UserError's own where one did not start. Resolves with the code after `exit` was called.
 */
export async function runServices({ services, process, clock, print, drainMs = 5000 }: RunOptions): Promise<number> {
  let finish: (code: number) => void = () => undefined;
  let begin: (code: number) => void = () => undefined;
  const end = new Promise<number>((resolve) => (finish = resolve));
  const reason = new Promise<number>((resolve) => (begin = resolve));
  let ending = false;
  let signalledAtMs = -Infinity;
  let done = false;

  function exit(code: number): void {
    if (done) return;
    done = true;
    for (const signal of signals) process.off(signal, onSignal);
    for (const event of faults) process.off(event, onFault);
    process.exit(code);
    finish(code);
  }
  function beginEnd(code: number, line: string): void {
    if (ending) return;
    ending = true;
    if (line !== '') print(line);
    begin(code);
    void clock.sleep(drainMs).then(() => {
      if (!done) print(`spanloom: not everything stopped within ${drainMs / 1000} s.`);
      exit(1);
    });
  }
  function onSignal(): void {
    const again = clock.now() - signalledAtMs < sameSignalMs;
    signalledAtMs = clock.now();
    if (!ending) beginEnd(0, '');
    else if (!again) exit(interruptedExitCode);
  }
  function onFault(error: unknown): void {
    if (ending) print(errorLine(error));
    beginEnd(exitCodeOf(error), errorLine(error));
  }
  for (const signal of signals) process.on(signal, onSignal);
  for (const event of faults) process.on(event, onFault);

  async function live(): Promise<void> {
    const started: Service[] = [];
    for (const service of services) {
      if (ending) break;
      try {
        await service.start();
        started.push(service);
        service.ended?.().catch((error: unknown) => {
          beginEnd(exitCodeOf(error), `spanloom: ${service.name} died: ${errorLine(error).replace(/^spanloom: /, '')}`);
        });
      } catch (error) {
        beginEnd(exitCodeOf(error), errorLine(error));
      }
    }

    let code = await reason;
    for (const service of started.toReversed()) {
      try {
        await service.stop();
      } catch (error) {
        print(`spanloom: ${service.name} did not stop: ${errorLine(error).replace(/^spanloom: /, '')}`);
        code = code === 0 ? 1 : code;
      }
    }
    exit(code);
  }
  // A service that never stops must not keep the code from whoever waits.
  await Promise.race([live(), end]);
  return end;
}
