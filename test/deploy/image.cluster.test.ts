import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

import { freePort } from '@spanloom/engines';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type Cluster, startCluster } from '../harness/cluster.ts';
import { waitFor } from '../harness/wait.ts';
import { sendOnce } from '../load/client.ts';
import { span } from '../load/spans.ts';

import { baseImages, projectRoot } from './base-images.ts';
import { type Docker, findDocker } from './docker.ts';

const found = await findDocker();
if (typeof found === 'string') console.error(`The tests of the image are SKIPPED: ${found}.`);

/** As docker-compose.yml runs them. */
const hardened = [
  '--read-only',
  '--tmpfs',
  '/tmp',
  '--cap-drop',
  'ALL',
  '--security-opt',
  'no-new-privileges',
  '--init',
];
const image = 'spanloom:test';

describe.skipIf(typeof found === 'string')('the image', () => {
  const docker = found as Docker;
  let cluster: Cluster;
  const containers: string[] = [];

  beforeAll(async () => {
    const { base, buildBase } = await baseImages(docker);
    await docker.run(
      [
        'build',
        '--quiet',
        '--network=host',
        '--file=deploy/Dockerfile',
        `--tag=${image}`,
        `--build-arg=BASE=${base}`,
        `--build-arg=BUILD_BASE=${buildBase}`,
        '.',
      ],
      { cwd: projectRoot, timeoutMs: 600_000 },
    );
    cluster = await startCluster({ partitions: 2, flags: ['--settle', '500ms', '--quiet', '2s'] });
  }, 900_000);

  afterAll(async () => {
    for (const container of containers) await docker.run(['rm', '--force', container]).catch(() => undefined);
    await cluster?.stop();
    await docker.stop();
  }, 120_000);

  const inside = (script: string): Promise<string> =>
    docker.run(['run', '--rm', '--network', 'host', ...hardened, '--entrypoint', 'node', image, '-e', script]);

  async function start(role: string, flags: readonly string[]): Promise<string> {
    const args = ['run', '--detach', '--network', 'host', ...hardened, image, role, ...cluster.flags, ...flags];
    const id = (await docker.run(args)).trim();
    containers.push(id);
    return id;
  }

  it('runs as a user without rights, on a root that cannot be written', async () => {
    expect((await inside('console.log(process.getuid(), process.getgid())')).trim()).toBe('10001 10001');
    const write = `try { fs.writeFileSync('/app/x', ''); console.log('written') } catch (e) { console.log(e.code) }`;
    expect((await inside(`const fs = require('fs'); ${write}`)).trim()).toBe('EROFS');
    expect(await docker.run(['run', '--rm', '--network', 'host', ...hardened, image, '--version'])).toMatch(/^\d+\./);
  });

  it('runs every role, and each leaves at SIGTERM with 0', async () => {
    const [http, grpc, query] = [await freePort(), await freePort(), await freePort()];
    const health = {
      gateway: await freePort(),
      assembler: await freePort(),
      sink: await freePort(),
      rollup: await freePort(),
      query: await freePort(),
    };
    const ports = [
      '--otlp-http-port',
      http,
      '--otlp-grpc-port',
      grpc,
      '--query-port',
      query,
      '--query-grpc-port',
      0,
    ].map(String);
    const ids = new Map<string, string>();
    for (const [role, port] of Object.entries(health)) {
      ids.set(role, await start(role, ['--health-port', String(port), ...ports]));
    }
    for (const [role, port] of Object.entries(health)) {
      const ready = async (): Promise<true | null> =>
        (await fetch(`http://127.0.0.1:${port}/readyz`)).ok ? true : null;
      await waitFor(ready, { withinMs: 60_000, what: `the ${role} in its container` }).catch(async (error: unknown) => {
        throw new Error(`${String(error)}\n${await docker.run(['logs', ids.get(role) ?? ''])}`);
      });
    }

    const traceId = '5b8efff798038103d269b633813fc60c';
    const sent = await sendOnce(http, [span({ traceId, spanId: 'eee19b7ec3c1b174', service: 'shop' })]);
    expect(sent).toBe(true);
    const stored = await waitFor(
      async () => {
        const answer = await fetch(`http://127.0.0.1:${query}/api/v1/traces/${traceId}`);
        const body = (await answer.json()) as { state?: string };
        return body.state === 'stored' ? body : null;
      },
      { withinMs: 60_000, what: 'the trace to be stored' },
    );
    expect(stored.state).toBe('stored');

    for (const [role, id] of ids) {
      await docker.run(['stop', '--time', '30', id]);
      const code = (await docker.run(['inspect', '--format', '{{.State.ExitCode}}', id])).trim();
      expect([role, code]).toEqual([role, '0']);
    }
  }, 300_000);
});

const compose = spawnSync('docker-compose', ['--version']).status === 0;
if (!compose) console.error('The tests of docker-compose.yml are SKIPPED: there is no docker-compose.');

describe.skipIf(!compose)('docker-compose.yml', () => {
  const config = (env: NodeJS.ProcessEnv): Promise<{ stdout: string }> =>
    promisify(execFile)('docker-compose', ['config'], { cwd: projectRoot, env: { PATH: process.env['PATH'], ...env } });

  it('is valid, and opens nothing but the gateway and the queries, to this machine', async () => {
    const { stdout } = await config({ SPANLOOM_PASSWORD: 'secret' });
    const published = [...stdout.matchAll(/^\s+- (\S+):(\d+):\d+(?:\/tcp)?$/gm)].map(
      ([, host, port]) => `${host}:${port}`,
    );
    expect(published.toSorted()).toEqual(['127.0.0.1:16685', '127.0.0.1:16686', '127.0.0.1:4317', '127.0.0.1:4318']);
  });

  it('does not start with a password that everybody knows', async () => {
    await expect(config({})).rejects.toThrow(/SPANLOOM_PASSWORD|mandatory|is not set/);
  });
});
