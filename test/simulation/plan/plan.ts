import {
  type EventKind,
  type FaultPlan,
  type TimedFault,
  eventKinds,
  seededCalls,
  seededDelays,
} from '../world/faults.ts';
import { batchTables } from '@spanloom/store';

import { Draws, Purpose } from '../world/random.ts';
import { type MadeChunk, type MadeTrace, poolSize, startMs, traceOf } from './shapes.ts';

/** A chunk that a producer appends. */
export interface Sent {
  readonly atMs: number;
  readonly chunk: MadeChunk;
  /** The producer never learnt that it was there, and appends it again. */
  readonly again: boolean;
}

/** Everything that a run is made of: the same plan gives the same run. */
export interface Plan {
  readonly seed: number;
  readonly sent: readonly Sent[];
  readonly faults: FaultPlan;
  readonly settings: Settings;
}

/** What a seed chooses once. */
export interface Settings {
  /** When the faults are over, and everything must come to rest. */
  readonly calmAtMs: number;
  /** Most records that a read gives. */
  readonly portion: number;
  /** How long ClickHouse knows a token. */
  readonly tokenMs: number;
  /** A table that refuses any block with spans of this trace. */
  readonly refusal: { readonly table: number; readonly traceId: string } | null;
  readonly cutSpans: number;
  /** A blackout is followed by retention of this much, if at all. */
  readonly retentionMs: number;
  /** Every other leader's clock is behind by this much. */
  readonly behindMs: number;
}

const activeMs = 24_000;
/** Longer than figures of a trace reach back, and shorter. */
const blackoutsMs = [1_500_000, 2_700_000, 4_500_000];

/** The plan that a seed stands for. */
export function planOf(seed: number): Plan {
  const settingDraws = new Draws(seed, Purpose.setting);
  const calm = settingDraws.chance(0.05);
  const rate = calm ? 0 : (settingDraws.pick([0.003, 0.015, 0.05]) ?? 0);
  const events = calm ? [] : eventsOf(seed, settingDraws.pick([3, 6, 12]) ?? 0, settingDraws);
  const blackMs = events.reduce((sum, event) => sum + (event.kind === 'blackout' ? blackoutMs(event.amount) : 0), 0);
  const traces = tracesOf(seed);
  const refused = settingDraws.chance(0.08) ? settingDraws.pick(traces) : undefined;
  const settings: Settings = {
    calmAtMs: startMs + activeMs + 4000 + blackMs,
    portion: settingDraws.pick([1, 3, 8, 50]) ?? 8,
    tokenMs: settingDraws.pick([240_000, 240_000, 3_600_000]) ?? 240_000,
    refusal:
      refused === undefined ? null : { table: settingDraws.int(0, batchTables.length - 1), traceId: refused.traceId },
    cutSpans: settingDraws.pick([6, 15, 1_000_000]) ?? 15,
    retentionMs: settingDraws.chance(0.5) ? 3_600_000 : Infinity,
    behindMs: new Draws(seed, Purpose.clocks).pick([0, 0, 0, 900]) ?? 0,
  };
  const faults: FaultPlan = {
    events,
    calls: seededCalls(seed, rate),
    delayMs: seededDelays(seed, settingDraws.pick([4, 15, 60]) ?? 15),
  };
  return { seed, sent: sentOf(seed, traces, blackMs), faults, settings };
}

/** How long everything is off. */
export function blackoutMs(amount: number): number {
  return blackoutsMs[Math.floor(amount * blackoutsMs.length)] ?? 0;
}

function tracesOf(seed: number): MadeTrace[] {
  const draws = new Draws(seed, Purpose.traces);
  const from = draws.int(0, poolSize - 1);
  const count = draws.int(3, 9);
  // A stride that meets every shape, and no trace twice.
  return Array.from({ length: count }, (_, i) => traceOf((from + i * 31) % poolSize));
}

function sentOf(seed: number, traces: readonly MadeTrace[], blackMs: number): Sent[] {
  const draws = new Draws(seed, Purpose.producer);
  const sent: Sent[] = [];
  for (const { chunks } of traces) {
    let atMs = startMs + draws.between(0, activeMs * 0.7);
    for (const chunk of chunks) {
      sent.push({ atMs, chunk, again: draws.chance(0.05) });
      // Mostly at once; sometimes so late that the trace is closed, or counted an hour ago.
      const late = draws.next();
      atMs +=
        late < 0.8 ? draws.between(0, 900) : late < 0.95 ? draws.between(2000, 9000) : blackMs + draws.between(0, 9000);
    }
  }
  return sent.sort((a, b) => a.atMs - b.atMs);
}

interface Storm {
  readonly kinds: readonly EventKind[];
  readonly groups: readonly TimedFault['group'][];
  readonly atWrite: number;
}

const everywhere: Storm = { kinds: eventKinds, groups: ['assembler', 'sink'], atWrite: 0.7 };
/** Faults that meet on one side find more than faults that are far apart. */
const storms: readonly Storm[] = [
  everywhere,
  {
    kinds: ['kill', 'pause', 'pause', 'evict', 'evict', 'rebalance', 'outage', 'outage'],
    groups: ['sink'],
    atWrite: 0.9,
  },
  {
    kinds: ['kill', 'kill', 'evict', 'pause', 'rebalance', 'wipe', 'rollback', 'vanish', 'full', 'rewind'],
    groups: ['assembler'],
    atWrite: 0.9,
  },
];

function eventsOf(seed: number, count: number, settings: Draws): TimedFault[] {
  const draws = new Draws(seed, Purpose.events);
  const storm = settings.pick(storms) ?? everywhere;
  const mayGoBlack = settings.chance(0.12);
  const kinds = storm.kinds.filter((kind) => kind !== 'blackout' || mayGoBlack);
  const events = Array.from({ length: draws.int(1, count) }, (): TimedFault => ({
    atMs: startMs + draws.between(500, activeMs),
    kind: draws.pick(kinds) ?? 'kill',
    group: draws.pick(storm.groups) ?? 'sink',
    amount: draws.next(),
    // Most faults come in the middle of what somebody is writing: there they hurt.
    atWrite: draws.chance(storm.atWrite) ? { skip: draws.int(0, 6), arrived: draws.chance(0.6) } : null,
  })).sort((a, b) => a.atMs - b.atMs);
  const feud = new Draws(seed, Purpose.feud);
  if (feud.chance(0.1)) return feudOf(feud);
  const black = events.findIndex((event) => event.kind === 'blackout');
  // Commits are kept longer than records: both gone at once is more than was promised.
  return events.filter(({ kind }, i) => (kind !== 'blackout' || i === black) && (kind !== 'uncommit' || black === -1));
}

/** Two owners take turns, and the buffer goes back to before the second one's: what the first remembers is old. */
function feudOf(draws: Draws): TimedFault[] {
  const events: TimedFault[] = [];
  const event = (kind: EventKind, atMs: number, amount: number): void => {
    events.push({ atMs, kind, group: 'assembler', amount, atWrite: null });
  };
  let atMs = startMs + draws.between(2000, 8000);
  while (atMs < startMs + activeMs) {
    event('evict', atMs, 0);
    atMs += draws.between(500, 6000);
    event('rollback', atMs, draws.next());
    atMs += draws.between(0, 2000);
    event('evict', atMs, 0);
    atMs += draws.between(500, 6000);
  }
  return events;
}
