import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Clock } from '@spanloom/span';
import { defaultQueryConfig } from '../options.ts';
import { startQuery, type TestQuery } from '../testing/query.ts';
import { aResource, aSpan } from '../testing/spans.ts';
import { startStore, type TestStore } from '../testing/store.ts';

const nowMs = Date.now();
/** Stands still, but for a moment between two looks. */
const clock: Clock = {
  now: () => nowMs,
  sleep: async (_ms, signal) => void (await sleep(10, null, { signal }).catch(() => {})),
};

let stored: TestStore;
let running: TestQuery;

beforeAll(async () => {
  stored = await startStore();
  running = await startQuery({
    store: stored.store.read,
    clock,
    config: { ...defaultQueryConfig, port: 0, maxTails: 2 },
  });
});

afterAll(async () => {
  await running.query.stop();
  await stored.remove();
});

/** Stores traces of one span, one for each pair of a trace id and a service. */
async function put(...traces: readonly (readonly [id: string, service: string])[]): Promise<void> {
  const start = BigInt(nowMs) * 1_000_000n;
  const spans = traces.map(([id, service]) =>
    aSpan({
      traceId: id.padStart(32, '0'),
      resource: aResource(service),
      startTimeUnixNano: start,
      endTimeUnixNano: start + 1n,
    }),
  );
  await stored.put(
    spans.map((span) => [span]),
    nowMs,
  );
}

interface Tail {
  /** The next event that tells something. */
  next(): Promise<{
    readonly id: string;
    readonly name: string;
    readonly data: { traces: { traceId: string }[]; skipped: number };
  }>;
  leave(): Promise<void>;
}

async function follow(q: string, lastEventId?: string): Promise<Tail> {
  const caller = new AbortController();
  const response = await running.get(`/api/v1/tail?q=${encodeURIComponent(q)}`, {
    signal: caller.signal,
    headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
  });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const tail: Tail = {
    async next() {
      for (;;) {
        const event = /(?:id: (?<id>.*)\n)?event: (?<name>.*)\ndata: (?<data>.*)\n\n/.exec(text);
        if (event !== null) {
          text = text.slice(event.index + event[0].length);
          return {
            id: event.groups?.['id'] ?? '',
            name: event.groups?.['name'] ?? '',
            data: JSON.parse(event.groups?.['data'] ?? 'null'),
          };
        }
        const { value, done } = (await reader?.read()) ?? { done: true };
        if (done) throw new Error('the tail has ended');
        text += value;
      }
    },
    async leave() {
      caller.abort();
      await reader?.cancel().catch(() => {});
    },
  };
  expect((await tail.next()).name).toBe('following');
  return tail;
}

const idsOf = (event: Awaited<ReturnType<Tail['next']>>): string[] =>
  event.data.traces.map(({ traceId }) => traceId.replace(/^0+/, '')).toSorted();

it('tells of what is written from now on and meets the filter', async () => {
  await put(['a1', 'shop']);
  const all = await follow('');
  const ofCart = await follow('service = cart');
  await put(['b1', 'shop'], ['b2', 'cart']);
  expect(idsOf(await all.next())).toEqual(['b1', 'b2']);
  await put(['c1', 'shop'], ['c2', 'cart']);
  expect(idsOf(await all.next())).toEqual(['c1', 'c2']);
  expect(idsOf(await ofCart.next())).toEqual(['b2']);
  expect(idsOf(await ofCart.next())).toEqual(['c2']);
  await all.leave();
  await ofCart.leave();
});

it('takes so many followers and no more, and another when one has gone', async () => {
  const [first, second] = [await following(''), await following('')];
  const third = await running.get('/api/v1/tail');
  expect([third.status, await third.json()]).toMatchObject([429, { error: { code: 'too_many' } }]);
  await first.leave();
  const another = await following('');
  await second.leave();
  await another.leave();
});

it('says how many traces were too many to tell of', async () => {
  const tail = await following('service = mill');
  await put(...Array.from({ length: 120 }, (_, at): [string, string] => [`d${100 + at}`, 'mill']));
  const { data } = await tail.next();
  expect([data.traces.length, data.skipped]).toEqual([100, 20]);
  await tail.leave();
});

it('tells one that comes back of what it missed, by its filter', async () => {
  const first = await following('service = ship');
  await put(['e1', 'ship']);
  const { id } = await first.next();
  await first.leave();
  await put(['e2', 'ship'], ['e3', 'shop']);
  await put(['e4', 'ship']);
  const again = await following('service = ship', id);
  expect(idsOf(await again.next())).toEqual(['e2', 'e4']);
  await put(['e5', 'ship']);
  expect(idsOf(await again.next())).toEqual(['e5']);
  await again.leave();
});

it.each(['nonsense', 's2@0:0:0', ''])('begins anew with a position that is none: %s', async (lastEventId) => {
  const tail = await following('service = boat', lastEventId);
  await put(['f1', 'boat']);
  expect(idsOf(await tail.next())).toEqual(['f1']);
  await tail.leave();
});

it('refuses a filter that is none', async () => {
  expect((await running.get('/api/v1/tail?q=x')).status).toBe(400);
});

/** Follows once there is room: the server learns a moment later that a caller has gone. */
async function following(q: string, lastEventId?: string): Promise<Tail> {
  return await vi.waitFor(async () => await follow(q, lastEventId), { timeout: 10_000 });
}
