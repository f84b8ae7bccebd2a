import { expect, it } from 'vitest';
import type { ReadClient } from '@spanloom/store';
import { dependencies } from './dependencies.ts';

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly kind?: string;
  readonly calls: number;
  readonly sampled?: number;
  readonly unpaired?: number;
  /** Whether a span of the called side was seen. */
  readonly served?: boolean;
}

/** A store that knows these edges, the services a and b, and how many spans have their parent in the same service. */
function storeWith(edges: readonly Edge[], local: Readonly<Record<string, number>> = {}): ReadClient {
  const service = (prefix: string, name: string): object => ({
    [`${prefix}_environment`]: '',
    [`${prefix}_namespace`]: '',
    [`${prefix}_service`]: name,
  });
  const rows = edges.map(({ from, to, kind = 'rpc', calls, sampled = calls, unpaired = 0, served = true }) => ({
    ...service('client', from),
    ...service('server', to),
    kind,
    level: '',
    operation: served ? 'op' : '',
    calls: String(calls),
    sampled_calls: String(sampled),
    client_errors: '0',
    server_errors: '0',
    unpaired: String(unpaired),
    client_histogram: [[], []],
    server_histogram: served ? [['1'], [String(calls)]] : [[], []],
    slowest_ns: '0',
    slowest_trace: '0'.repeat(32),
    failed: '0'.repeat(32),
  }));
  const known = ['a', 'b'].map((name) => ({ environment: '', namespace: '', name }));
  return {
    rows: async <Row>(query: string) => {
      if (query.includes('client_histogram')) return rows as Row[];
      if (query.includes('sum(o.local_spans)'))
        return Object.entries(local).map(([service, spans]) => ({ level: '', service, spans: String(spans) })) as Row[];
      // Nothing is rolled up.
      return (query.includes('operations_minute_data') ? known : []) as Row[];
    },
    bytes: async () => new Uint8Array(0),
  };
}

it.each([
  ['a span each, not what it stands for', { from: 'a', to: 'b', calls: 100, sampled: 10 }, 10],
  ['no call of a service to itself: it is among its local spans', { from: 'a', to: 'a', calls: 2 }, 0],
  ['what was answered', { from: 'a', to: 'b', calls: 4, unpaired: 1 }, 3],
  ['a message', { from: 'a', to: 'b', kind: 'messaging', calls: 1 }, 1],
  ['no call that nobody answered', { from: 'a', to: 'b', calls: 4, unpaired: 4, served: false }, 0],
  ['no destination: it sends no spans', { from: 'queue', to: 'b', kind: 'messaging', calls: 1 }, 0],
  ['no database', { from: 'a', to: 'orders', kind: 'database', calls: 1, served: false }, 0],
])('counts %s', async (_name, edge, callCount) => {
  const found = await dependencies(storeWith([edge]), 3_600_000, 3_600_000);
  expect(found).toEqual(callCount === 0 ? [] : [{ parent: edge.from, child: edge.to, callCount }]);
});

it('counts the local spans of a service as its calls to itself', async () => {
  const store = storeWith([{ from: 'a', to: 'b', calls: 3 }], { a: 5 });
  expect(await dependencies(store, 3_600_000, 3_600_000)).toEqual([
    { parent: 'a', child: 'b', callCount: 3 },
    { parent: 'a', child: 'a', callCount: 5 },
  ]);
});
