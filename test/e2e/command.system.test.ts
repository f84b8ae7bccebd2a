import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';

import { audit } from '../harness/audit.ts';
import { withEngine } from '../harness/engine.ts';
import { Pipeline, type Ports, cli, dataDir, freePorts, runNode, spanloom } from '../harness/pipeline.ts';
import { waitFor } from '../harness/wait.ts';
import { send } from '../load/client.ts';
import { Random } from '../load/random.ts';
import { span } from '../load/spans.ts';

const random = new Random(Date.now());

async function folder(): Promise<string> {
  const made = await dataDir();
  onTestFinished(() => made.remove());
  return made.path;
}

function portFlags(ports: Ports): string[] {
  const flags = {
    'otlp-grpc-port': ports.grpc,
    'otlp-http-port': ports.http,
    'query-port': ports.query,
    'query-grpc-port': 0,
    'health-port': ports.health,
  };
  return Object.entries(flags).flatMap(([flag, port]) => [`--${flag}`, String(port)]);
}

describe('a wrong command is refused in one line', () => {
  test.each([
    [
      'an unknown command',
      ['al-in-one'],
      'There is no command "al-in-one". Commands are all-in-one, gateway, assembler, sink, query, migrate, audit, doctor, rollup.',
    ],
    ['an unknown flag', ['all-in-one', '--setle', '3s'], 'There is no setting --setle. Did you mean --settle?'],
    [
      'a value that cannot be read',
      ['all-in-one', '--settle', 'soon'],
      '--settle is "soon": it is not a duration. Accepted:',
    ],
    ['a value out of bounds', ['all-in-one', '--partitions', '0'], '--partitions is "0": it is below 1. Accepted:'],
    ['a flag without its value', ['audit', '--data-dir'], '--data-dir has no value.'],
    [
      'ports beyond the last',
      ['doctor', '--ports', '+60000'],
      '--ports puts query-port at 76686. Ports go from 1 to 65535.',
    ],
    [
      'settle above quiet',
      ['all-in-one', '--settle', '40s'],
      '--settle, --quiet and --max-age are 40 s, 30 s and 5 min.',
    ],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await spanloom(...args);
    expect(stderr).toContain(`spanloom: ${message}`);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  test('an unknown name in the environment', async () => {
    const { code, stderr } = await runNode([cli, 'audit'], { SPANLOOM_SETLE: '3s' });
    expect(stderr).toBe(
      'spanloom: There is no setting SPANLOOM_SETLE in the environment. Did you mean SPANLOOM_SETTLE? --help lists all settings.\n',
    );
    expect(code).toBe(2);
  });
});

test('what Kubernetes puts into the environment is no setting', async () => {
  const { code, stdout, stderr } = await runNode([cli, 'all-in-one', '--help'], {
    SPANLOOM_GATEWAY_PORT: 'tcp://10.0.0.7:4318',
    SPANLOOM_GATEWAY_PORT_4318_TCP_ADDR: '10.0.0.7',
    SPANLOOM_GATEWAY_SERVICE_HOST: '10.0.0.7',
  });
  expect(stderr).toBe('');
  expect(stdout).toContain('--settle');
  expect(code).toBe(0);
});

test('help and version', async () => {
  const help = await spanloom('--help');
  expect(help).toMatchObject({ code: 0, stderr: '' });
  for (const command of ['all-in-one', 'audit', 'doctor', 'rollup']) expect(help.stdout).toContain(`\n  ${command} `);
  const version = await spanloom('--version');
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect((await spanloom()).code).toBe(2);
});

describe('a start that cannot be', () => {
  test.each(['grpc', 'http', 'query', 'health'] as const)('the %s port is taken', async (which) => {
    const path = await folder();
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void squatter.close());
    const { port } = squatter.address() as AddressInfo;
    const ports = { ...(await freePorts()), [which]: port };
    const { code, stderr } = await spanloom('all-in-one', '--no-demo', '--data-dir', path, ...portFlags(ports));
    expect(stderr).toMatch(
      new RegExp(`^spanloom: Port ${port} is in use by .+ \\(pid ${process.pid}\\)\\. .*--ports \\+10000\n$`),
    );
    expect(code).toBe(1);
  });

  test.each([
    ['is a file', ''],
    ['lies below a file', 'data'],
  ])('the data folder %s', async (_, below) => {
    const file = join(await folder(), 'file');
    await writeFile(file, '');
    const path = join(file, below);
    const { code, stderr } = await spanloom('all-in-one', '--data-dir', path);
    expect(stderr).toMatch(/^spanloom: The folder .+ cannot be written: .+ Choose another --data-dir\.\n$/);
    expect(stderr).toContain(path);
    expect(code).toBe(1);
  });

  test('audit where no pipeline ever was', async () => {
    const path = join(await folder(), 'none');
    const { code, stderr } = await spanloom('audit', '--data-dir', path);
    expect(stderr).toMatch(
      /^spanloom: There is no pipeline.s data in .+\. Name its folder with --data-dir, or a cluster with .+\.\n$/,
    );
    expect(stderr).toContain(path);
    expect(code).toBe(1);
  });
});

describe('doctor without a pipeline', () => {
  test('on nothing: all is well, and nothing is made', async () => {
    const path = join(await folder(), 'none');
    const { code, stdout } = await spanloom('doctor', '--data-dir', path, ...portFlags(await freePorts()));
    expect(stdout).toContain(`ok   ${path} is not there yet`);
    expect(stdout).toContain('ok   no pipeline is running on this folder');
    expect(stdout).toMatch(/^ok {3}ports [\d, ]+ are free$/m);
    expect(code).toBe(0);
    expect(existsSync(path)).toBe(false);
  });

  test('names who has a port', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void squatter.close());
    const { port } = squatter.address() as AddressInfo;
    const ports = { ...(await freePorts()), http: port };
    const { code, stdout } = await spanloom('doctor', '--data-dir', await folder(), ...portFlags(ports));
    expect(stdout).toMatch(
      new RegExp(`^bad {2}port ${port} is taken by .+ \\(pid ${process.pid}\\): .*--ports \\+10000$`, 'm'),
    );
    expect(code).toBe(1);
  });
});

describe('beside a pipeline', () => {
  let made: Awaited<ReturnType<typeof dataDir>>;
  let path: string;
  let ports: Ports;
  let pipeline: Pipeline;

  beforeAll(async () => {
    made = await dataDir();
    path = made.path;
    ports = await freePorts();
    pipeline = await Pipeline.start(path, ports, ['--no-demo', '--settle', '1s', '--quiet', '2s']);
    for (let trace = 0; trace < 5; trace++) {
      await send(ports.http, [span({ traceId: random.hex(16), spanId: random.hex(8), service: 'shop' })]);
    }
    await waitFor(
      async () => {
        const { partitions } = await audit(path);
        return partitions.every((p) => p.acknowledged === 5 && p.stored === 5) ? true : null;
      },
      { withinMs: 15_000, what: 'five chunks in ClickHouse' },
    );
  });
  afterAll(async () => {
    await pipeline.stop();
    await made.remove();
  });

  test('a second one is refused: who has the folder, since when, what to do', async () => {
    const other = portFlags(await freePorts());
    const { code, stderr } = await spanloom('all-in-one', '--no-demo', '--data-dir', path, ...other);
    expect(stderr).toMatch(
      / since \d{4}-\d\d-\d\dT[\d:.]+Z \(spanloom all-in-one .+\)\. Stop it, or choose another --data-dir\.\n$/,
    );
    expect(stderr).toContain(`spanloom: The data folder ${path} is in use by pid ${pipeline.pid} on `);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(code).toBe(1);
  });

  test('doctor tells how it does', async () => {
    const { code, stdout } = await spanloom('doctor', '--data-dir', path);
    expect(stdout).toContain(`ok   a pipeline runs: pid ${pipeline.pid}, since 20`);
    expect(stdout).toMatch(/^ok {3}stored figures are \d+ s behind now$/m);
    expect(stdout).not.toMatch(/^bad/m);
    expect(code).toBe(0);
  });

  test('audit answers the same while it runs and when it is stopped, and the pipeline says what was found last', async () => {
    const lastAudit = async (): Promise<unknown> =>
      ((await pipeline.json('/api/v1/pipeline')) as { lastAudit: unknown }).lastAudit;
    const before = Date.now();
    const running = { json: await audit(path), plain: await spanloom('audit', '--data-dir', path) };
    expect(running.json).toMatchObject({
      code: 0,
      clean: true,
      partitions: [{ acknowledged: 5, stored: 5, inFlight: 0 }],
    });
    const recorded = (await lastAudit()) as { at: string };
    expect(recorded).toMatchObject({ clean: true, partitions: 1, acknowledged: 5, stored: 5, missing: 0, doubled: 0 });
    expect(Date.parse(recorded.at)).toBeGreaterThan(before);
    expect(running.plain.code).toBe(0);
    expect(running.plain.stdout).toMatch(/^ +0 +5 +5 +0 +0 +0 +0\nclean: every acknowledged chunk/m);
    expect(await pipeline.stop()).toBe(0);
    expect(await audit(path)).toEqual(running.json);
    expect(await spanloom('audit', '--data-dir', path)).toEqual(running.plain);
  });

  test('doctor on a stopped one', async () => {
    const { code, stdout } = await spanloom('doctor', '--data-dir', path, ...portFlags(ports));
    expect(stdout).toMatch(/^ok {3}.+ holds \d.* [kM]B, .+ are free$/m);
    expect(stdout).toContain('ok   no pipeline is running on this folder');
    expect(code).toBe(0);
  });

  test('audit names what was lost and what is there twice', async () => {
    const [lost, twice] = await withEngine(path, async (execute) => {
      const table = 'spanloom.fragments_data';
      const stored = await execute(`SELECT arrayJoin(chunk_offsets) AS chunk FROM ${table} ORDER BY chunk FORMAT TSV`);
      const [first = '', second = ''] = stored.split('\n');
      await execute(`ALTER TABLE ${table} DELETE WHERE has(chunk_offsets, ${first}) SETTINGS mutations_sync = 2`);
      await execute(
        `INSERT INTO ${table} SELECT * REPLACE (position - 1 AS position) FROM ${table} WHERE has(chunk_offsets, ${second})`,
      );
      return [first, second];
    });

    const report = await audit(path);
    expect(report).toMatchObject({ code: 1, clean: false });
    expect(report.partitions).toMatchObject([
      { stored: 4, missing: { count: 1, offsets: [lost] }, doubled: { count: 1, offsets: [`${twice} (2 times)`] } },
    ]);

    const { code, stdout } = await spanloom('audit', '--data-dir', path);
    expect(stdout).toContain(`partition 0, missing: ${lost}\n`);
    expect(stdout).toContain(`partition 0, stored more than once: ${twice} (2 times)\n`);
    expect(stdout).toContain('NOT CLEAN');
    expect(code).toBe(1);
  });

  test('audit says that it could not be recorded, and holds all the same', async () => {
    const recorded = await withEngine(path, async (execute) => {
      const last = await execute('SELECT clean, missing, doubled FROM spanloom.audits ORDER BY ended DESC LIMIT 1');
      await execute('DROP TABLE spanloom.audits SYNC');
      return last;
    });
    expect(recorded).toBe('0\t1\t1\n');
    const { code, stdout, stderr } = await spanloom('audit', '--data-dir', path);
    expect(stderr).toMatch(/^spanloom: this audit is not recorded, so no page shows it: .*audits/);
    expect(stdout).toContain('NOT CLEAN');
    expect(code).toBe(1);
  });
});
