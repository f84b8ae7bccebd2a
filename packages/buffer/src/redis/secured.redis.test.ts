import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, type RedisServer, startRedis } from '@spanloom/engines';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BufferError, BufferSetupError } from '../errors.ts';
import { after, chunkAt, chunksFrom, open, START } from './testing/open.ts';

/** As docs/redis.md has them. */
const rules =
  '~prod.spanloom:* resetchannels -@all +evalsha +eval +hmget +hget +hgetall +hset +hdel +hlen +hkeys +hscan +hincrby +pexpire +unlink +info +quit +client|setname';
const password = 'p@ss:word/1';

let dir: string;
let server: RedisServer;
let tlsUrl: string;
let ca: string;

const openssl = (...args: readonly string[]): Promise<unknown> => promisify(execFile)('openssl', args, { cwd: dir });

async function certify(name: string): Promise<void> {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', `${name}.key`];
  await writeFile(join(dir, `${name}.ext`), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  await openssl('req', ...key, '-subj', `/CN=${name}`, '-out', `${name}.csr`);
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', `${name}.ext`];
  await openssl('x509', '-req', '-in', `${name}.csr`, ...signed, '-out', `${name}.pem`);
}

/** Of servers and sentinels. */
function tlsArgs(port: number): string[] {
  const own = ['--tls-cert-file', join(dir, 'server.pem'), '--tls-key-file', join(dir, 'server.key')];
  return ['--tls-port', String(port), '--tls-auth-clients', 'no', '--tls-ca-cert-file', join(dir, 'ca.pem'), ...own];
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'spanloom-tls-'));
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', 'ca.key'];
  await openssl('req', '-x509', ...key, '-subj', '/CN=test authority', '-days', '2', '-out', 'ca.pem');
  await certify('server');
  ca = await readFile(join(dir, 'ca.pem'), 'utf8');
  const users = [
    'user default off',
    `user spanloom on >${password} ${rules}`,
    `user blind on >${password} ${rules} -info`,
  ];
  await writeFile(join(dir, 'users.acl'), `${users.join('\n')}\n`);
  const port = await freePort();
  server = await startRedis({ args: [...tlsArgs(port), '--aclfile', join(dir, 'users.acl'), '--maxmemory', '32mb'] });
  tlsUrl = `rediss://127.0.0.1:${port}`;
});
afterAll(async () => {
  await server.stop();
  await rm(dir, { recursive: true, force: true });
});

it('does all of its work over TLS, as a user who may do nothing else', async () => {
  const warnings: string[] = [];
  const buffer = await open(
    { url: tlsUrl, username: 'spanloom', password, tls: { ca } },
    { prefix: 'prod.', onWarning: (message) => warnings.push(message) },
  );
  const { claim, state } = await buffer.claim('s', 0);
  expect(state).toBeNull();
  await claim.reset(START);
  const chunks = chunksFrom(0, 200);
  await claim.append(chunks, after(chunks));
  expect(await claim.index()).toHaveLength(200);
  expect(await claim.records([chunkAt(7)])).toEqual([chunkAt(7).record]);
  expect(await buffer.peek('s', 0, chunkAt(0).traceId)).toHaveLength(4);
  await claim.release([...chunks.slice(0, 100), chunkAt(999)], 1);
  await claim.check();
  const again = await buffer.claim('s', 0);
  expect(again.state?.reconciled).toBe(1);
  await again.claim.reset(START);
  expect(buffer.problem()).toBeNull();
  expect(warnings).toEqual([]);
  await buffer.close();
});

it('reads user and password from the URL', async () => {
  const url = tlsUrl.replace('//', `//spanloom:${encodeURIComponent(password)}@`);
  const buffer = await open({ url, tls: { ca } }, { prefix: 'prod.' });
  await (await buffer.claim('s', 1)).claim.check();
  await buffer.close();
});

it('warns when it may not ask how the server is set up', async () => {
  const warnings: string[] = [];
  const buffer = await open(
    { url: tlsUrl, username: 'blind', password, tls: { ca } },
    { prefix: 'prod.', onWarning: (message) => warnings.push(message) },
  );
  expect(warnings).toEqual([expect.stringContaining('does not let us use INFO')]);
  await (await buffer.claim('s', 2)).claim.check();
  expect(buffer.problem()).toBeNull();
  expect(buffer.memory()).toBeNull();
  await buffer.close();
});

it('refuses a certificate that the authority did not sign', async () => {
  await expect(open({ url: tlsUrl, username: 'spanloom', password })).rejects.toThrow(
    /cannot be reached: .*certificate/,
  );
});

it.each([
  ['a wrong password', { username: 'spanloom', password: 'wrong' }],
  ['no user', {}],
])('says that %s is refused, and that trying again is no use', async (_, login) => {
  const attempt = open({ url: tlsUrl, ...login, tls: { ca } });
  await expect(attempt).rejects.toBeInstanceOf(BufferSetupError);
  await expect(attempt).rejects.toThrow('refuses the user or password');
});

it('says what a user may not do', async () => {
  const buffer = await open({ url: tlsUrl, username: 'spanloom', password, tls: { ca } }, { prefix: 'other.' });
  await expect(buffer.claim('s', 0)).rejects.toBeInstanceOf(BufferError);
  await expect(buffer.claim('s', 0)).rejects.toThrow('NOPERM');
  expect(buffer.problem()).toContain('NOPERM');
  await buffer.close();
});

it('finds a server by a sentinel, both over TLS', async () => {
  const [masterPort, sentinelPort] = [await freePort(), await freePort()];
  const master = await startRedis({ args: tlsArgs(masterPort) });
  const file = join(dir, 'sentinel.conf');
  await writeFile(file, `sentinel monitor spans 127.0.0.1 ${masterPort} 1\n`);
  const args = [file, ...tlsArgs(sentinelPort), '--tls-replication', 'yes'];
  const sentinel = await startRedis({ program: 'redis-sentinel', args });
  try {
    const connection = { sentinels: [`127.0.0.1:${sentinelPort}`], name: 'spans', tls: { ca } };
    const buffer = await open(connection);
    await (await buffer.claim('s', 0)).claim.reset(START);
    expect((await buffer.claim('s', 0)).state).toEqual(START);
    await buffer.close();
    await expect(open({ ...connection, tls: {} }, { timeoutMs: 500 })).rejects.toThrow('cannot be reached');
  } finally {
    await sentinel.stop();
    await master.stop();
  }
});
