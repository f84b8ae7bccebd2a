import {
  type Appended,
  type Bounds,
  type Committed,
  type Log,
  LogError,
  type LogRecord,
  type NewRecord,
  OutOfRangeError,
  type Topic,
} from '@spanloom/log';

import { decodeTracesValue } from '@spanloom/wire';

import type { Call, Network } from '../world/calls.ts';
import type { Actor, Scheduler } from '../world/scheduler.ts';

const broken = (why: string): Error => new LogError(`the log: ${why}`, true);

/** Who is told of what happens to the log. */
export interface LogWatcher {
  appended(topic: Topic, records: readonly LogRecord[]): void;
  committed(group: string, committed: Committed): void;
}

/** One partition of a log, as its port promises it. */
export class SimulatedLog {
  readonly stream = { id: 'stream', partitions: 1 };
  readonly topics: Readonly<Record<Topic, LogRecord[]>> = { spans: [], traces: [], 'spans.dlq': [] };
  readonly low: Record<Topic, number> = { spans: 0, traces: 0, 'spans.dlq': 0 };
  /** What each group committed, oldest first. */
  readonly commits: Map<string, Committed[]> = new Map();
  watcher: LogWatcher | null = null;
  onAppend: ((topic: Topic) => void) | null = null;
  /** How much the clock of the leader of the moment is behind: leaders' clocks differ. */
  behindMs: () => number = () => 0;
  readonly #scheduler: Scheduler;
  readonly #network: Network;
  readonly #portion: () => number;

  constructor(scheduler: Scheduler, network: Network, portion: () => number) {
    this.#scheduler = scheduler;
    this.#network = network;
    this.#portion = portion;
  }

  high(topic: Topic): number {
    return this.topics[topic].length;
  }

  /** Appends at once. */
  put(topic: Topic, records: readonly NewRecord[]): Appended {
    const at = this.topics[topic];
    const offset = at.length;
    const appendTimeMs = Math.floor(this.#scheduler.nowMs - this.behindMs());
    const added = records.map(({ key, value, headers }, i) => ({
      offset: offset + i,
      appendTimeMs,
      key: key === null ? null : Buffer.from(key),
      value: value === null ? null : (value as Buffer),
      headers: headers ?? {},
    }));
    at.push(...added);
    this.watcher?.appended(topic, added);
    this.onAppend?.(topic);
    return { offset, appendTimeMs };
  }

  /** Retention: records appended before this time are gone. */
  expire(topic: Topic, beforeMs: number): void {
    while (
      this.low[topic] < this.high(topic) &&
      (this.topics[topic][this.low[topic]]?.appendTimeMs ?? Infinity) < beforeMs
    )
      this.low[topic]++;
  }

  committedNow(group: string): Committed | null {
    return this.commits.get(group)?.at(-1) ?? null;
  }

  setCommitted(group: string, committed: Committed): void {
    const all = this.commits.get(group) ?? [];
    this.commits.set(group, all);
    all.push(committed);
  }

  /** The log as one process has it. */
  port(actor: Actor): Log {
    const call = <T>(what: () => string, reads: boolean, effect: () => T, part?: () => void): Promise<T> => {
      const made: Call<T> = { target: 'log', what, reads, effect, broken, ...(part !== undefined && { part }) };
      return this.#network.call(actor, made);
    };
    return {
      stream: this.stream,
      append: async (topic, _partition, records, lease) => {
        lease?.check();
        let at = -1;
        return await call(
          () => `appends ${described(topic, records)}${at < 0 ? '' : `, at ${at}`}`,
          false,
          () => {
            const appended = this.put(topic, records);
            at = appended.offset;
            return appended;
          },
          () => {
            at = this.put(topic, records.slice(0, Math.ceil(records.length / 2))).offset;
          },
        );
      },
      read: (topic, partition, from) =>
        call(
          () => `reads ${topic} from ${from}`,
          true,
          () => this.#read(topic, partition, from),
        ),
      bounds: (topic) =>
        call(
          () => `bounds of ${topic}`,
          true,
          (): Bounds => ({ low: this.low[topic], high: this.high(topic) }),
        ),
      committed: (group) =>
        call(
          () => `reads what ${group} committed`,
          true,
          () => this.committedNow(group),
        ),
      offsetAtTime: () => Promise.reject(new Error('no service asks for it')),
      join: () => Promise.reject(new Error('the simulation drives the workers')),
      close: () => Promise.resolve(),
    };
  }

  commit(actor: Actor, group: string, committed: Committed, stillMember: () => boolean): Promise<void> {
    return this.#network.call(actor, {
      target: 'log',
      what: () => `commits ${committed.offset} ${committed.metadata}`,
      reads: false,
      broken,
      effect: () => {
        if (!stillMember()) throw new LogError('the group has another generation', true);
        this.setCommitted(group, committed);
        this.watcher?.committed(group, committed);
      },
    });
  }

  #read(topic: Topic, partition: number, from: number): LogRecord[] {
    if (from < this.low[topic] || from > this.high(topic)) {
      throw new OutOfRangeError(`${topic}/${partition}`, from, this.low[topic], this.high(topic));
    }
    return this.topics[topic].slice(from, from + this.#portion());
  }
}

/** What is appended, for a story. */
function described(topic: Topic, records: readonly NewRecord[]): string {
  if (topic === 'spans.dlq') return 'a dead letter';
  if (topic === 'spans') return 'a tick to spans';
  const traces = records.flatMap(({ value }) => {
    const decoded = decodeTracesValue(value ?? Buffer.alloc(0));
    if (!decoded.ok || decoded.value.type === 'heartbeat') return [];
    const { reason, chunks } = decoded.value;
    return [`${chunks.map(({ offset }) => offset).join(' ')} (${reason})`];
  });
  return traces.length === 0 ? 'a heartbeat to traces' : `to traces the trace of chunks ${traces.join(', of ')}`;
}
