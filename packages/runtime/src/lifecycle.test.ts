import { EventEmitter } from 'node:events';

import type { Clock } from '@spanloom/span';
import { describe, expect, it, vi } from 'vitest';

import { type Service, runServices } from './lifecycle.ts';
import { UserError } from './user-error.ts';

/** A process that notes its exits, and a clock that stands until it is moved. */
function machine() {
  const events = new EventEmitter();
  const exits: number[] = [];
  const printed: string[] = [];
  const log: string[] = [];
  let nowMs = 0;
  let sleepers: { untilMs: number; wake: () => void }[] = [];
  const clock: Clock = {
    now: () => nowMs,
    sleep: (ms) => new Promise((wake) => sleepers.push({ untilMs: nowMs + ms, wake })),
  };
  function service(name: string, change: Partial<Service> = {}): Service {
    return {
      name,
      start: async () => log.push(`start ${name}`),
      stop: async () => log.push(`stop ${name}`),
      ...change,
    };
  }
  return {
    events,
    exits,
    printed,
    log,
    service,
    pass(ms: number) {
      nowMs += ms;
      for (const { wake } of sleepers.filter(({ untilMs }) => untilMs <= nowMs)) wake();
      sleepers = sleepers.filter(({ untilMs }) => untilMs > nowMs);
    },
    run: (services: readonly Service[], drainMs?: number) =>
      runServices({
        services,
        clock,
        print: (line) => printed.push(line),
        process: {
          on: (event, listener) => events.on(event, listener),
          off: (event, listener) => events.off(event, listener),
          exit: (code) => exits.push(code),
        },
        ...(drainMs === undefined ? {} : { drainMs }),
      }),
  };
}

const never = new Promise<never>(() => undefined);

describe('the life of a process', () => {
  it.each(['SIGINT', 'SIGTERM'])('starts in order, and on %s stops in reverse and exits with 0', async (signal) => {
    const { events, exits, printed, log, service, run } = machine();
    const ended = run([service('store'), service('gateway'), service('screen')]);
    await vi.waitFor(() => expect(log).toEqual(['start store', 'start gateway', 'start screen']));
    events.emit(signal);
    expect(await ended).toBe(0);
    expect(log.slice(3)).toEqual(['stop screen', 'stop gateway', 'stop store']);
    expect(exits).toEqual([0]);
    expect(printed).toEqual([]);
    expect(events.eventNames()).toEqual([]);
  });

  it('starts one when the one before is at work', async () => {
    const { log, events, service, run } = machine();
    let open: (value: unknown) => void = () => undefined;
    const opening = new Promise((resolve) => (open = resolve));
    const ended = run([service('store', { start: () => opening }), service('gateway')]);
    await Promise.resolve();
    expect(log).toEqual([]);
    open(null);
    await vi.waitFor(() => expect(log).toEqual(['start gateway']));
    events.emit('SIGINT');
    await ended;
  });

  it('starts nothing more after a signal', async () => {
    const { log, events, service, run } = machine();
    const interrupted = service('store', { start: async () => events.emit('SIGINT') });
    expect(await run([interrupted, service('gateway')])).toBe(0);
    expect(log).toEqual(['stop store']);
  });

  it('exits at once with 130 on a second signal', async () => {
    const { events, exits, log, service, pass, run } = machine();
    const ended = run([service('store', { stop: () => never })]);
    await vi.waitFor(() => expect(log).toHaveLength(1));
    events.emit('SIGINT');
    pass(1000);
    events.emit('SIGINT');
    expect(await ended).toBe(130);
    expect(exits).toEqual([130]);
  });

  it('takes a Ctrl-C that the terminal and npm both deliver for one', async () => {
    const { events, exits, log, service, pass, run } = machine();
    const ended = run([service('store')]);
    await vi.waitFor(() => expect(log).toHaveLength(1));
    events.emit('SIGINT');
    pass(20);
    events.emit('SIGINT');
    expect(await ended).toBe(0);
    expect(exits).toEqual([0]);
    expect(log).toEqual(['start store', 'stop store']);
  });

  it('exits with 1 when the drain takes too long', async () => {
    const { events, exits, printed, log, service, pass, run } = machine();
    const ended = run([service('store', { stop: () => never })], 4000);
    await vi.waitFor(() => expect(log).toHaveLength(1));
    events.emit('SIGTERM');
    pass(3999);
    await Promise.resolve();
    expect(exits).toEqual([]);
    pass(1);
    expect(await ended).toBe(1);
    expect(printed).toEqual(['spanloom: not everything stopped within 4 s.']);
  });

  it('stops the others when one dies, says which, and exits with 1', async () => {
    const { printed, log, service, run } = machine();
    let die: (error: Error) => void = () => undefined;
    const death = new Promise<never>((_, reject) => (die = reject));
    const ended = run([service('store'), service('sink', { ended: () => death })]);
    await vi.waitFor(() => expect(log).toHaveLength(2));
    die(new UserError('The disk is full.', { hint: 'Free some space.' }));
    expect(await ended).toBe(1);
    expect(printed).toEqual(['spanloom: sink died: The disk is full. Free some space.']);
    expect(log.slice(2)).toEqual(['stop sink', 'stop store']);
  });

  it('stops what had started when one does not start, with the exit code of its error', async () => {
    const { printed, log, service, run } = machine();
    const wrong = new UserError('settle is above quiet.', { exitCode: 2 });
    const ended = run([
      service('store'),
      service('gateway', { start: () => Promise.reject(wrong) }),
      service('screen'),
    ]);
    expect(await ended).toBe(2);
    expect(printed).toEqual(['spanloom: settle is above quiet.']);
    expect(log).toEqual(['start store', 'stop store']);
  });

  it('goes on stopping when one does not stop, and exits with 1', async () => {
    const { events, printed, log, service, run } = machine();
    const stuck = service('sink', { stop: () => Promise.reject(new UserError('The store is gone.')) });
    const ended = run([service('store'), stuck]);
    await vi.waitFor(() => expect(log).toHaveLength(2));
    events.emit('SIGINT');
    expect(await ended).toBe(1);
    expect(printed).toEqual(['spanloom: sink did not stop: The store is gone.']);
    expect(log.slice(2)).toEqual(['stop store']);
  });

  it.each(['uncaughtException', 'unhandledRejection'])('ends on %s, with its place', async (event) => {
    const { events, printed, log, service, run } = machine();
    const ended = run([service('store')]);
    await vi.waitFor(() => expect(log).toHaveLength(1));
    events.emit(event, new Error('x is undefined'));
    expect(await ended).toBe(1);
    expect(printed).toHaveLength(1);
    expect(printed[0]).toMatch(/^spanloom: x is undefined \(at .*lifecycle\.test\.ts:\d+/);
    expect(log).toEqual(['start store', 'stop store']);
  });

  it('shows what goes wrong while it stops', async () => {
    const { events, printed, log, service, run } = machine();
    const ended = run([service('store', { stop: async () => events.emit('unhandledRejection', 'late') })]);
    await vi.waitFor(() => expect(log).toHaveLength(1));
    events.emit('SIGINT');
    expect(await ended).toBe(0);
    expect(printed).toEqual(['spanloom: late']);
  });
});
