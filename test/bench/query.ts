/**
 * Loads spans of the last 24 hours through the store, asks the query service over HTTP, and prints
 * the median of 20 answers after 20 of every question: `npm run bench:query [spans] [folder] [part of a question's name]`,
 * 10,000,000 by default. A folder that is named is kept, and asked again without loading the next
 * time. CPU is that of both processes, the mean of an answer: on a busy machine it says more than
 * the clock.
 */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

import { createQuery, createQueryMetrics, defaultQueryConfig } from '@spanloom/query';
import { createLogger, createRegistry, systemClock } from '@spanloom/runtime';
import { figuresOf, SpanTable } from '@spanloom/span';
import { batchTables, migrate, openStore, positions, recentTraces, startEmbedded, storeStats } from '@spanloom/store';
import type { FragmentRow } from '@spanloom/store';
import { encodeSpans, skimBody } from '@spanloom/wire';

import { dataDir } from '../harness/pipeline.ts';
import { Random } from '../load/random.ts';
import { makeTrace } from '../load/traces.ts';

const spansWanted = Number(process.argv[2] ?? 10_000_000);
const keep = process.argv[3];
const named = process.argv[4] ?? '';
/** What a sink stores at once, at catch-up rate. */
const spansPerBatch = 50_000;
const runs = 20;
const dayMs = 86_400_000;
/** Long after the embedded engine's merges of small parts: warm means that nothing else is going on. */
const settleMs = 60_000;

const random = new Random(1);
const clock = systemClock;
const folder = keep === undefined ? await dataDir() : { path: keep, remove: async () => {} };
const engine = await startEmbedded({ dataDir: folder.path, clock });
const connection = { url: engine.url, password: engine.secret };
await migrate(connection);
const store = openStore(connection);

/** A batch that is stored again and again, with other ids and at other times. */
function template(): { table: SpanTable; fragments: FragmentRow[] } {
  const table = new SpanTable();
  const fragments: FragmentRow[] = [];
  while (table.length < spansPerBatch) {
    // 14 or 27 spans: 20 on average.
    const trace = makeTrace(random, { startMs: 0, repeats: 1 + (fragments.length % 2) });
    const from = table.length;
    const skimmed = skimBody(table, encodeSpans(trace.batches.flat()));
    if (!skimmed.ok) throw new Error(skimmed.error.message);
    fragments.push({
      traceId: trace.traceId,
      position: 0,
      from,
      to: table.length,
      reason: 'complete',
      wholeness: { complete: true, remoteRoot: false, roots: 1, missingParents: [], missingCount: 0 },
      part: 0,
      parts: 1,
      chunkOffsets: [],
      duplicateSpans: 0,
      unlinked: false,
      late: false,
      truncated: false,
      timeShifted: false,
    });
  }
  return { table, fragments };
}

async function load(nowMs: number): Promise<void> {
  const templates = Array.from({ length: 4 }, template);
  const batches = Math.ceil(spansWanted / spansPerBatch);
  let position = 0;
  let spans = 0;
  for (let batch = 0; batch < batches; batch++) {
    const { table, fragments } = templates[batch % templates.length] ?? template();
    const appendTimeMs = nowMs - dayMs + Math.floor((dayMs * (batch + 1)) / batches) - 1;
    const flip = random.int(1, 0x7fffffff);
    const rows = fragments.map((fragment, at) => {
      const traceId = random.hex(16);
      const startMs = appendTimeMs - random.int(0, Math.floor(dayMs / batches));
      for (let row = fragment.from; row < fragment.to; row++) {
        table.startMs[row] = startMs;
        table.minute[row] = Math.floor(startMs / 60_000);
        table.idHi[row] = ((table.idHi[row] ?? 0) ^ flip) >>> 0;
        if (table.parentHi[row] !== 0 || table.parentLo[row] !== 0)
          table.parentHi[row] = ((table.parentHi[row] ?? 0) ^ flip) >>> 0;
      }
      return { ...fragment, traceId, position: position + at, chunkOffsets: [position + at] };
    });
    const id = { stream: 's1', partition: 0, a: position, b: position + rows.length, appendTimeMs };
    const figures = figuresOf(table, rows);
    for (const name of batchTables) await store.insert(name, { id, spans: table, fragments: rows, figures });
    const watermark = { offset: id.b, streamTimeMs: appendTimeMs };
    await store.record({ id, watermark, fragments: rows.length, spans: table.length, duplicateSpans: 0 });
    position = id.b;
    spans += table.length;
    if (batch % 20 === 0) process.stderr.write(`\r${spans} spans`);
  }
  process.stderr.write('\n');
}

const [known] = await positions(store.read);
const nowMs = known?.watermark.streamTimeMs ?? clock.now();
if (known === undefined) {
  const startedMs = performance.now();
  await load(nowMs);
  console.log(`loaded in ${((performance.now() - startedMs) / 1000).toFixed(0)} s`);
  await clock.sleep(settleMs);
}
const [newest] = await recentTraces(store.read, { limit: 1 });
const traceId = newest?.traceId ?? '';

// Time goes on from there: an answer that may be a second old is not kept for ever.
const aheadMs = nowMs - clock.now();
const query = createQuery({
  store: store.read,
  log: { stream: { id: 's1', partitions: 1 }, bounds: async () => ({ low: 0, high: 0 }), read: async () => [] },
  buffer: { peek: async () => [], openFigures: async () => null, openBetween: async () => [] },
  keeper: store,
  clock: { ...clock, now: () => clock.now() + aheadMs },
  logger: createLogger({ level: 'warn', format: 'pretty', destination: process.stderr }),
  metrics: createQueryMetrics(createRegistry()),
  config: { ...defaultQueryConfig, port: 0, grpcPort: 0 },
});
await query.start();

const day = 'from=now-1d';
const search = (text: string, more = ''): string => `/api/v1/search?${day}&q=${encodeURIComponent(text)}${more}`;

/** What is asked, and the target in milliseconds for 10 million spans on two cores. */
const questions: readonly (readonly [name: string, path: string, targetMs: number | null])[] = [
  ['trace by id', `/api/v1/traces/${traceId}`, 20],
  ['services', '/api/v1/services', 3],
  ['operations of a service', '/api/operations?service=checkout', 10],
  [
    'search: service, operation, duration',
    search('service=checkout and operation="GET /cart" and duration > 15ms'),
    60,
  ],
  ['search: an attribute, rare value', search('span.url.path = "/items/4711"'), 200],
  ['search: an attribute, common value', search('span.cache.hit = true'), null],
  ['search: an attribute of the resource', search('resource.service.namespace = shop and status = error'), null],
  ['search: slowest traces of all', search('', '&sort=duration'), null],
  ['search: traces with 3 errors', search('trace.errors >= 3'), null],
  [
    'search: two spans',
    search('{service=payment and status=error} and {db.system.name=postgresql and duration > 8ms}'),
    null,
  ],
  ['search: descendants', search('{service=payment and duration > 40ms} >> {}'), null],
  ['stats: errors by operation', `/api/v1/stats?${day}&by=operation&q=${encodeURIComponent('status = error')}`, null],
  ['service graph of 24 h', `/api/v1/graph?${day}`, 100],
  ['edge percentiles of 24 h by minute', `/api/v1/series?${day}&client=checkout&server=cart&step=1m`, 60],
  ['edge heatmap of 24 h by minute', `/api/v1/heatmap?${day}&client=checkout&server=cart&step=1m`, null],
  ['completion: names', '/api/v1/fields?containing=http', 100],
  ['completion: values of an attribute', '/api/v1/fields/span.url.path/values?containing=47', 100],
];

async function ask(path: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${query.port}${path}`);
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
}

/** CPU milliseconds that the engine and this process have used. */
function cpuMs(): number {
  const fields = readFileSync(`/proc/${engine.pid()}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const { user, system } = process.cpuUsage();
  return (Number(fields[11]) + Number(fields[12])) * 10 + (user + system) / 1000;
}

const asked = questions.filter(([name]) => name.includes(named));
// All of them before any counts: what is warm, so does not depend on which comes first.
for (const [, path] of asked) for (let i = 0; i < runs; i++) await ask(path);

const results: Record<string, object> = {};
for (const [name, path, targetMs] of asked) {
  const took: number[] = [];
  const cpuBefore = cpuMs();
  for (let i = 0; i < runs; i++) {
    const before = performance.now();
    await ask(path);
    took.push(performance.now() - before);
  }
  const cpu = Number(((cpuMs() - cpuBefore) / runs).toFixed(1));
  took.sort((a, b) => a - b);
  const at = (q: number): number => Number((took[Math.floor(q * (runs - 1))] ?? 0).toFixed(1));
  results[name] = {
    'median ms': at(0.5),
    'least ms': at(0),
    'most ms': at(1),
    'CPU ms': cpu,
    'target ms': targetMs ?? '',
  };
}

const tables = await storeStats(store.read);
const bytes = tables.reduce((sum, table) => sum + table.bytesOnDisk, 0);
const spans = (tables.find(({ table }) => table === 'spans_data')?.rows ?? 0) || 1;
console.log(`${spans} spans, ${cpus().length} × ${cpus()[0]?.model}`);
console.log(
  `load average ${readFileSync('/proc/loadavg', 'utf8').split(' ', 1)[0]}, ${(bytes / spans).toFixed(1)} bytes a span`,
);
console.table(results);
console.table(
  tables.map(({ table, rows, bytesOnDisk, parts }) => ({
    table,
    rows,
    'MB on disk': Math.round(bytesOnDisk / 1e6),
    parts,
  })),
);

await query.stop();
await store.close();
await engine.close();
await folder.remove();
