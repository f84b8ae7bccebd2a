import { compressFrameSync } from 'lz4-napi';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { migrate } from '../migrations/migrate.ts';
import { openStore } from '../store.ts';
import type { Store } from '../store.ts';
import { tables } from '../tables/index.ts';
import { testAuthorityPem, testClientKeyPem, testClientPem } from '../testing/certificates.ts';
import { temporaryEngine } from '../testing/engine.ts';
import type { TemporaryEngine } from '../testing/engine.ts';
import { startFront } from '../testing/front.ts';
import type { Front } from '../testing/front.ts';
import { batchOf, exampleSpan } from '../testing/spans.ts';
import type { ConnectionOptions } from './connection.ts';

let temporary: TemporaryEngine;
let front: Front;
/** Asks for certificates. */
let strict: Front;
const opened: Store[] = [];

const id = { stream: 's', partition: 0, a: 0, b: 2, appendTimeMs: 1_764_000_000_000 };
const ca = { caPem: testAuthorityPem };
const own = { ...ca, certPem: testClientPem, keyPem: testClientKeyPem };

beforeAll(async () => {
  temporary = await temporaryEngine();
  const { url, secret } = temporary.engine;
  front = await startFront({ url, secret });
  strict = await startFront({ url, secret, asksForCertificate: true });
  await migrate({ url, password: secret }, { traceTtlDays: 10_000, figureTtlDays: 10_000 });
});

afterEach(async () => {
  front.answerWith(null);
  await Promise.all(opened.splice(0).map((store) => store.close()));
});

afterAll(async () => {
  await front.close();
  await strict.close();
  await temporary.remove();
});

function storeAt(options: Partial<ConnectionOptions> = {}): Store {
  const store = openStore({ url: front.url, password: temporary.engine.secret, tls: ca, ...options });
  opened.push(store);
  return store;
}

const answering =
  (status: number, body: string) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    request.resume();
    request.once('end', () => response.writeHead(status, { 'content-type': 'text/html' }).end(body));
  };

test('writes and reads over TLS, below a path, with what the address asks of a proxy', async () => {
  const store = storeAt({ url: `${front.url}/clickhouse/?tenant=7&log_comment=seen` });
  expect(await store.ping()).toBe(true);
  await store.insert('spans', batchOf(id, [[exampleSpan()]]));
  expect(await store.hasBlock('spans', id)).toBe(true);
  const insert = front.seen.find(({ query }) => query.get('query')?.startsWith('INSERT') === true);
  expect(insert?.path).toBe('/clickhouse');
  expect(insert?.query.get('tenant')).toBe('7');
  expect(insert?.query.get('log_comment')).toBe('seen');
  expect(front.seen[0]?.path).toBe('/clickhouse/ping');
});

test('inserts to another machine travel as LZ4, and ClickHouse reads what we compress', async () => {
  const spans = Array.from({ length: 500 }, (_, n) => exampleSpan({ spanId: (n + 1).toString(16).padStart(16, '0') }));
  const batch = batchOf({ ...id, a: 10, b: 12 }, [spans]);
  await storeAt({ compressInserts: true }).insert('spans', batch);
  const sent = front.seen.findLast(({ query }) => query.get('query')?.startsWith('INSERT') === true);
  const block = tables.spans.block(batch);
  expect(sent?.headers['content-encoding']).toBe('lz4');
  expect(sent?.bodyBytes).toBeLessThan(block.length / 2);

  const folder = await mkdtemp(join(tmpdir(), 'spanloom-lz4-'));
  const file = join(folder, 'block.native.lz4');
  await writeFile(file, compressFrameSync(Buffer.from(block)));
  const [row] = await storeAt().read.rows<{ n: string }>('SELECT count() AS n FROM file({file:String}, Native)', {
    file,
  });
  await rm(folder, { recursive: true });
  expect(row?.n).toBe('501');
});

test('an authority that is not known, and a server without TLS, need a person', async () => {
  await expect(storeAt({ tls: {} }).lastBatch('s', 0)).rejects.toMatchObject({
    retryable: false,
    message: expect.stringContaining('clickhouse-tls-ca-file'),
  });
  const plain = temporary.engine.url.replace('http:', 'https:');
  await expect(storeAt({ url: plain }).lastBatch('s', 0)).rejects.toMatchObject({
    retryable: false,
    message: expect.stringContaining('speaks no TLS'),
  });
});

test('a certificate logs in whom it names', async () => {
  const byCertificate = { url: strict.url, tls: own, password: '', username: 'spanloom_sink' };
  expect(await storeAt(byCertificate).lastBatch('s', 0)).toBeNull();
  await expect(storeAt({ ...byCertificate, username: 'somebody' }).lastBatch('s', 0)).rejects.toMatchObject({
    retryable: false,
    message: expect.stringContaining('clickhouse-user'),
  });
});

test('a certificate opens the connection where a password logs in', async () => {
  expect(await storeAt({ url: strict.url, tls: own }).lastBatch('s', 0)).toBeNull();
});

test('without the certificate that the server asks for, a person is needed', async () => {
  await expect(storeAt({ url: strict.url }).lastBatch('s', 0)).rejects.toMatchObject({
    retryable: false,
    message: expect.stringContaining('clickhouse-tls-cert-file'),
  });
});

test('a wrong password needs a person', async () => {
  await expect(storeAt({ password: 'guess' }).lastBatch('s', 0)).rejects.toMatchObject({
    retryable: false,
    refused: false,
    code: 516,
    message: expect.stringContaining('clickhouse-password'),
  });
});

test('tables that are not there are named with what makes them', async () => {
  await expect(storeAt({ database: 'nowhere' }).lastBatch('s', 0)).rejects.toMatchObject({
    retryable: false,
    message: expect.stringContaining('spanloom migrate'),
  });
});

test.each([502, 503, 504, 500, 429])('a proxy that says %i is worth another try, for inserts too', async (status) => {
  front.answerWith(answering(status, `<html><h1>${status} <b>Bad Gateway</b></h1></html>`));
  const store = storeAt();
  const error = { retryable: true, refused: false, message: expect.stringContaining(`HTTP ${status}`) };
  await expect(store.lastBatch('s', 0)).rejects.toMatchObject(error);
  await expect(store.insert('spans', batchOf(id, [[exampleSpan()]]))).rejects.toMatchObject(error);
});

test.each([401, 403, 404, 413, 302])('a proxy that says %i needs a person', async (status) => {
  front.answerWith(answering(status, 'no'));
  await expect(storeAt().lastBatch('s', 0)).rejects.toMatchObject({ retryable: false, refused: false });
});

test('a server that dies in the middle of an insert is worth another try', async () => {
  front.answerWith((request) => {
    request.once('data', () => request.socket.destroy());
  });
  const store = storeAt({ compressInserts: false });
  const spans = Array.from({ length: 2_000 }, () => exampleSpan());
  const batch = batchOf({ ...id, a: 20, b: 22 }, [spans]);
  await expect(store.insert('spans', batch)).rejects.toMatchObject({ retryable: true, refused: false });
  front.answerWith(null);
  await store.insert('spans', batch);
  expect(await store.hasBlock('spans', batch.id)).toBe(true);
});

test('an answer that breaks off is no answer', async () => {
  front.answerWith((request, response) => {
    request.resume();
    request.once('end', () => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('{"a":"1"}\n', () => request.socket.destroy());
    });
  });
  await expect(storeAt().read.rows('SELECT 1 AS a', {})).rejects.toMatchObject({ retryable: true });
});

test('a read that is given up hangs up, which ends its query where the server was told so', async () => {
  const hungUp = new Promise<URL>((resolve) => {
    front.answerWith((request) => {
      request.resume();
      request.once('end', () => gone.abort());
      request.socket.once('close', () => resolve(new URL(request.url ?? '/', front.url)));
    });
  });
  const gone = new AbortController();
  const read = storeAt().read.rows('SELECT 1', {}, { signal: gone.signal });
  await expect(read).rejects.toMatchObject({ retryable: true });
  const { searchParams } = await hungUp;
  // ClickHouse heeds the first only of a query that cannot write.
  expect(searchParams.get('cancel_http_readonly_queries_on_client_close')).toBe('1');
  expect(searchParams.get('readonly')).toBe('2');
});

test('an answer that does not come is given up in time', async () => {
  front.answerWith((request) => void request.resume());
  await expect(storeAt({ requestTimeoutMs: 200 }).lastBatch('s', 0)).rejects.toMatchObject({ retryable: true });
});
