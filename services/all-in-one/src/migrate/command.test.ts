import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Config, loadConfig } from '@spanloom/runtime';
import { printMigrations } from '@spanloom/store';
import { afterEach, expect, test, vi } from 'vitest';

import { storeTables } from '@spanloom/ports';
import { migrate } from './command.ts';

const server = [
  '--clickhouse-url=https://store:8443',
  '--prefix=team_',
  '--clickhouse-replicated',
  '--clickhouse-cluster=main',
  '--kafka-brokers=kafka-1:9092,kafka-2:9092',
  '--kafka-input-topics=otlp_spans',
  '--redis-url=rediss://cache:6379',
  '--redis-username=weaver',
];

function configOf(...argv: string[]): Config {
  const loaded = loadConfig({ argv, env: {}, readFile: () => '', platform: 'linux', homeDir: '/home/ada' });
  if (!loaded.ok) throw new Error(loaded.error.message);
  return loaded.value.config;
}

/** What the command prints. */
async function printed(config: Config, flags: string[]): Promise<string> {
  let text = '';
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  try {
    expect(await migrate(config, new Set(flags))).toBe(0);
  } finally {
    out.mockRestore();
  }
  return text;
}

let folder: string | null = null;

afterEach(() => {
  if (folder !== null) rmSync(folder, { recursive: true });
  folder = null;
});

test('the script is one that a shell runs, and each command gets what it needs', async () => {
  const config = configOf(...server);
  const script = await printed(config, ['--print']);
  folder = mkdtempSync(join(tmpdir(), 'spanloom-print-'));
  for (const command of ['kafka-topics.sh', 'kafka-acls.sh', 'redis-cli', 'clickhouse-client']) {
    const path = join(folder, command);
    // Each argument in a line of its own; the script that comes in, too.
    writeFileSync(
      path,
      `#!/bin/sh\n{ echo "== ${command}"; printf '%s\\n' "$@"; } >> '${folder}/log'\n` +
        (command === 'clickhouse-client' ? `cat > '${folder}/sql'\n` : ''),
    );
    chmodSync(path, 0o755);
  }
  const output = execFileSync('bash', [], {
    input: script,
    env: { PATH: `${folder}:${process.env['PATH'] ?? ''}`, SPANLOOM_REDIS_PASSWORD: 'pa"ss', CLICKHOUSE: '--user ada' },
  });
  expect(output.toString()).toBe('');

  const calls = readFileSync(join(folder, 'log'), 'utf8')
    .split('== ')
    .slice(1)
    .map((call) => call.trimEnd().split('\n'));
  const topics = calls.filter(([command]) => command === 'kafka-topics.sh').map((call) => call.slice(1).join(' '));
  const named = ['team_spans', 'team_traces', 'team_spans.dlq', 'team_spans.stream'];
  expect(topics.map((call) => /--topic (\S+)/.exec(call)?.[1])).toEqual(named);
  expect(topics[0]).toContain('--partitions 16 --replication-factor 3 --config min.insync.replicas=2');
  const acls = calls.filter(([command]) => command === 'kafka-acls.sh').map((call) => call.slice(1).join(' '));
  const start = '--bootstrap-server kafka-1:9092 --add --allow-principal';
  expect(acls).toContain(
    `${start} User:spanloom-sink --operation Read --operation Describe --operation DescribeConfigs --topic team_traces`,
  );
  expect(acls).toContain(`${start} User:spanloom-sink --operation Read --operation Describe --group team_sink`);
  expect(acls).toContain(
    `${start} User:spanloom-gateway --operation Read --operation Describe --operation DescribeConfigs --topic otlp_spans`,
  );
  expect(
    acls.filter((acl) => acl.includes('spanloom-sink') && acl.includes('Write') && !acl.includes('spans.dlq')),
  ).toEqual([]);

  const redis = calls.find(([command]) => command === 'redis-cli')?.slice(1);
  expect(redis?.slice(0, 8)).toEqual([
    'ACL',
    'SETUSER',
    'weaver',
    'reset',
    'on',
    '>pa"ss',
    '~team_spanloom:*',
    'resetchannels',
  ]);

  const clickhouse = calls.find(([command]) => command === 'clickhouse-client')?.slice(1);
  expect(clickhouse).toEqual(['--user', 'ada', '--multiquery']);
  const sql = readFileSync(join(folder, 'sql'), 'utf8');
  expect(sql).toBe(printMigrations({ ...storeTables(config), database: 'team_spanloom' }));
  expect(sql).toContain("CREATE TABLE IF NOT EXISTS spans_data ON CLUSTER 'main'");
  expect(sql).toContain(
    "ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', marker_b)",
  );
  expect(sql).toContain("GRANT ON CLUSTER 'main' SELECT, INSERT ON team_spanloom.spans_data TO team_spanloom_sink;");
});

test('without any server there is nothing to do, and it says so', async () => {
  expect(await printed(configOf(), [])).toContain('clickhouse: the embedded ClickHouse is brought up to date');
  const script = await printed(configOf(), ['--print']);
  expect(execFileSync('bash', [], { input: script }).toString()).toBe('');
});

test('--json is for programs', async () => {
  const lines = (await printed(configOf(), ['--json'])).trimEnd().split('\n');
  expect(lines.map((line): unknown => JSON.parse(line))[0]).toEqual({
    step: 'kafka',
    line: 'the embedded log makes itself at the first start: nothing to do',
  });
  const plan = JSON.parse(await printed(configOf(...server), ['--json', '--print'])) as {
    step: string;
    script: string;
  }[];
  expect(plan.map(({ step }) => step)).toEqual(['kafka', 'kafka rights', 'redis rights', 'clickhouse']);
});

test('a certificate file that is not there is named', async () => {
  const config = configOf('--clickhouse-url=https://store:8443', '--clickhouse-tls-ca-file=/none.pem');
  await expect(migrate(config, new Set())).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringContaining('/none.pem'),
  });
});
