import { SpanKind } from '@spanloom/span';
import { afterEach, expect, test } from 'vitest';

import { memoryOf } from '../harness/memory.ts';
import { Pipeline, dataDir, freePorts } from '../harness/pipeline.ts';
import { storeOf } from '../harness/store.ts';
import { waitFor } from '../harness/wait.ts';
import { send } from '../load/client.ts';
import { Random } from '../load/random.ts';
import { span } from '../load/spans.ts';

const names = 1_000_000;
const peers = 100_000;
/** A root, a client, and spans in between; every name is used once. */
const spansPerTrace = 10;
const tracesPerRequest = 200;
const clients = 3;

/** Limits of one batch; see docs/architecture.md. */
const maxOperations = 500;
const maxPeers = 200;

let pipeline: Pipeline | undefined;
let folder: Awaited<ReturnType<typeof dataDir>> | undefined;

afterEach(async () => {
  await pipeline?.kill();
  await folder?.remove();
});

/** Letters only: a name that no rule takes for an id. */
function word(n: number): string {
  let text = '';
  for (let rest = n; text.length < 5; rest = Math.floor(rest / 19)) text += 'bcdfghjklmnpqrstvwz'[rest % 19] ?? '';
  return [...text].map((letter) => `${letter}a`).join('');
}

test(`${names} span names and ${peers} peers: bounded tables and memory, exact counts`, async () => {
  folder = await dataDir();
  pipeline = await Pipeline.start(folder.path, await freePorts(), ['--no-demo', '--settle', '1s', '--quiet', '2s']);
  const { ports, pid } = pipeline;
  const random = new Random(7);
  const traces = names / spansPerTrace;
  let made = 0;
  let largestMb = 0;

  const client = async (): Promise<void> => {
    while (made < traces) {
      const first = made;
      made += tracesPerRequest;
      const spans = Array.from({ length: tracesPerRequest }, (_, i) => {
        const trace = first + i;
        const traceId = random.hex(16);
        const rootId = random.hex(8);
        return Array.from({ length: spansPerTrace }, (__, j) => ({
          traceId,
          spanId: j === 0 ? rootId : random.hex(8),
          parentSpanId: j === 0 ? '' : rootId,
          service: 'wild',
          name: word(trace * spansPerTrace + j),
          kind: j === 0 ? SpanKind.server : j === 1 ? SpanKind.client : SpanKind.internal,
          attributes: j === 1 ? { 'server.address': `${word(trace % peers)}.example` } : {},
        })).map(span);
      });
      await send(ports.http, spans.flat());
      largestMb = Math.max(largestMb, ...memoryOf(pid).map((memory) => memory.anonMb));
    }
  };
  await Promise.all(Array.from({ length: clients }, client));

  const store = storeOf(folder.path);
  try {
    const stored = await waitFor(
      async () => {
        const [row] = await store.read.rows<{ spans: string; batches: string }>(
          'SELECT sum(spans) AS spans, uniqExact(position) AS batches FROM fragments',
          {},
        );
        return Number(row?.spans) >= names ? row : null;
      },
      { withinMs: 120_000, what: 'all spans stored', everyMs: 500 },
    );
    expect(Number(stored.spans)).toBe(names);

    const edges = await store.read.rows<{ kind: string; calls: string }>(
      'SELECT kind, sum(calls) AS calls FROM edges_minute GROUP BY kind ORDER BY kind',
      {},
    );
    expect(edges.map(({ kind, calls }) => [kind, Number(calls)])).toEqual([
      ['entry', traces],
      ['external', traces],
    ]);
    const [operations] = await store.read.rows<{ calls: string }>(
      'SELECT sum(calls) AS calls FROM operations_minute',
      {},
    );
    expect(Number(operations?.calls)).toBe(names);

    // Each block brings `(other)` once: how often that changed is how many blocks there were.
    const [limits] = await store.read.rows<{ blocks: string; edges: string; operations: string }>(
      `SELECT (SELECT sum(changes) FROM edges_minute WHERE kind = 'entry' AND server_operation = '(other)') AS blocks,
              (SELECT count() FROM edges_minute) AS edges, (SELECT count() FROM operations_minute) AS operations`,
      {},
    );
    const blocks = Number(limits?.blocks);
    expect(blocks).toBeGreaterThan(0);
    expect(Number(limits?.edges)).toBeLessThanOrEqual(blocks * (maxOperations + 1 + maxPeers + 1));
    expect(Number(limits?.operations)).toBeLessThanOrEqual(blocks * 3 * (maxOperations + 1));
    const [folded] = await store.read.rows<{ calls: string }>(
      "SELECT sum(calls) AS calls FROM operations_minute WHERE operation = '(other)'",
      {},
    );
    expect(Number(folded?.calls)).toBeGreaterThan(names / 2);
  } finally {
    await store.close();
  }
  console.log(`most anonymous memory of a process: ${largestMb} MB`);
  expect(largestMb).toBeLessThan(1200);
  expect(await pipeline.metrics()).toMatch(/spanloom_sink_folded_spans_total\{service="wild",what="operation"\} [1-9]/);
});
