import { describe, expect, it } from 'vitest';

import { printableConfig } from './help.ts';
import { type ConfigInput, type LoadedConfig, defaultDataDir, loadConfig } from './load.ts';
import type { ConfigError } from './sources.ts';
import { keyOf } from './table.ts';

interface Given {
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}

function input({ argv = [], env = {}, files = {} }: Given): ConfigInput {
  return {
    argv,
    env,
    platform: 'linux',
    homeDir: '/home/ada',
    readFile(path) {
      const text = files[path];
      if (text === undefined) throw new Error(`ENOENT: no such file or directory, open '${path}'`);
      return text;
    },
  };
}

function loaded(given: Given): LoadedConfig {
  const result = loadConfig(input(given));
  if (!result.ok) throw new Error(`${result.error.message} ${result.error.hint}`);
  return result.value;
}

function refused(given: Given): ConfigError {
  const result = loadConfig(input(given));
  if (result.ok) throw new Error('It was accepted.');
  return result.error;
}

describe('a value', () => {
  it.each([
    ['clickhouse-database', 'spans', 'spans'],
    ['partitions', '12', 12],
    ['query-port', '0', 0],
    ['settle', '500ms', 500],
    ['settle', '1.5s', 1500],
    ['settle', '2m', 120_000],
    ['settle', '12h', 43_200_000],
    ['settle', '7d', 604_800_000],
    ['cut-max-bytes', '100', 100],
    ['buffer-bytes', '1kB', 1000],
    ['buffer-bytes', '1.5 GB', 1_500_000_000],
    ['buffer-bytes', '512MiB', 536_870_912],
    ['demo', 'off', false],
    ['demo', 'yes', true],
    ['log-level', 'debug', 'debug'],
    ['clickhouse-url', 'https://store:8443', 'https://store:8443'],
  ])('--%s=%s', (name, text, value) => {
    const config: Readonly<Record<string, unknown>> = loaded({ argv: [`--${name}=${text}`] }).config;
    expect(config[keyOf(name)]).toBe(value);
  });

  it.each([
    ['partitions', 'many', 'Accepted: a whole number, at most 1024.'],
    ['partitions', '0', 'it is below 1'],
    ['partitions', '2000', 'it is above 1024'],
    ['partitions', '1.5', 'it is not a whole number'],
    ['query-port', '70000', 'it is above 65535'],
    ['settle', '6', 'a duration like 500ms, 6s, 5m, 12h or 7d'],
    ['settle', '0s', 'it is below 1'],
    ['settle', '6 parsecs', 'it is not a duration'],
    ['buffer-bytes', '1XB', 'a size like 512MiB or 10GB'],
    ['buffer-bytes', '-1GB', 'it is not a size'],
    ['demo', 'maybe', 'Accepted: true or false.'],
    ['log-level', 'loud', 'Accepted: trace, debug, info, warn, error, fatal, silent.'],
    ['clickhouse-url', 'store:8123', 'it is no URL'],
  ])('--%s=%s is refused', (name, text, why) => {
    const error = refused({ argv: [`--${name}=${text}`] });
    expect(error.message).toContain(`--${name} is "${text}"`);
    expect(`${error.message} ${error.hint}`).toContain(why);
  });

  it('of a secret is never shown', () => {
    const { config } = loaded({ argv: ['--clickhouse-password', 'hunter2'] });
    expect(config.clickhousePassword).toBe('hunter2');
    expect(printableConfig(config)).toMatchObject({ SPANLOOM_CLICKHOUSE_PASSWORD: '******', SPANLOOM_SETTLE: '6000' });
  });
});

describe('where a setting comes from', () => {
  const files = { '/etc/spanloom.yaml': 'settle: 1s\nquiet: 31s\npartitions: 4\ndemo: false\n' };

  it('is the flag before the environment before the file before the default', () => {
    const { config, sources } = loaded({
      argv: ['--config', '/etc/spanloom.yaml', '--settle', '3s'],
      env: { SPANLOOM_SETTLE: '2s', SPANLOOM_QUIET: '32s' },
      files,
    });
    expect(config).toMatchObject({ settle: 3000, quiet: 32_000, partitions: 4, demo: false, maxAge: 300_000 });
    expect(sources).toMatchObject({
      settle: '--settle',
      quiet: 'SPANLOOM_QUIET',
      partitions: 'partitions in /etc/spanloom.yaml',
      'max-age': 'default',
    });
  });

  it('may be a file that the environment names', () => {
    expect(loaded({ env: { SPANLOOM_CONFIG: '/etc/spanloom.yaml' }, files }).config.partitions).toBe(4);
  });

  it('stands after the flag or after its equals sign', () => {
    expect(loaded({ argv: ['--settle', '2s', '--quiet=31s'] }).config).toMatchObject({ settle: 2000, quiet: 31_000 });
  });

  it('is the last of two equal flags', () => {
    expect(loaded({ argv: ['--settle=1s', '--settle=2s'] }).config.settle).toBe(2000);
  });

  it('is a list where it may be repeated: all of one source, one in a line', () => {
    const [a, b, c] = ['A=https://a.example/', 'B=https://b.example/{trace.id}', 'C=https://c.example/'];
    const listed = { '/l.yaml': `link:\n  - ${a}\n  - "${b}"\n`, '/one.yaml': `link: "${b}"\n` };
    expect(loaded({ argv: ['--link', a, `--link=${b}`], env: { SPANLOOM_LINK: c } }).config.link).toBe(`${a}\n${b}`);
    expect(loaded({ env: { SPANLOOM_LINK: `${a}\n${c}` } }).config.link).toBe(`${a}\n${c}`);
    expect(loaded({ argv: ['--config', '/l.yaml'], files: listed }).config.link).toBe(`${a}\n${b}`);
    expect(loaded({ argv: ['--config', '/one.yaml'], files: listed }).config.link).toBe(b);
    expect(refused({ argv: ['--link', 'A=ftp://x/'] }).hint).toContain('NAME=URL');
  });

  it('is a bare flag for yes, and no- for no', () => {
    expect(loaded({ env: { SPANLOOM_DEMO: 'false' }, argv: ['--demo'] }).config.demo).toBe(true);
    expect(loaded({ argv: ['--no-demo'] }).config.demo).toBe(false);
  });

  it('is not a variable that Kubernetes injects for a service of our name', () => {
    const env = {
      SPANLOOM_SERVICE_HOST: '10.0.0.1',
      SPANLOOM_SERVICE_PORT: '4318',
      SPANLOOM_SERVICE_PORT_OTLP_HTTP: '4318',
      SPANLOOM_PORT: 'tcp://10.0.0.1:4318',
      SPANLOOM_PORT_4318_TCP: 'tcp://10.0.0.1:4318',
      SPANLOOM_PORT_4318_TCP_ADDR: '10.0.0.1',
      SPANLOOM_QUERY_PORT: 'tcp://10.0.0.2:16686',
      OTHER: 'x',
    };
    expect(loaded({ env }).config.queryPort).toBe(16_686);
    expect(loaded({ env: { SPANLOOM_QUERY_PORT: '99' } }).config.queryPort).toBe(99);
  });
});

describe('an unknown name', () => {
  it.each<[string, Given, string, string]>([
    ['flag', { argv: ['--setle', '6s'] }, 'There is no setting --setle.', '--settle'],
    ['negated flag', { argv: ['--no-dema'] }, 'There is no setting --no-dema.', '?'],
    ['variable', { env: { SPANLOOM_SETLE: '6s' } }, 'SPANLOOM_SETLE in the environment', 'SPANLOOM_SETTLE'],
    [
      'key of a file',
      { argv: ['--config', 'a.yaml'], files: { 'a.yaml': 'query-prt: 1' } },
      'query-prt in a.yaml',
      'query-port',
    ],
  ])('of a %s is refused with the nearest', (_, given, message, suggestion) => {
    const error = refused(given);
    expect(error.message).toContain(message);
    expect(error.hint).toContain('Did you mean ');
    expect(error.hint).toContain(suggestion);
  });

  it.each<[string, Given, string]>([
    ['an argument that is no flag', { argv: ['settle=6s'] }, 'no flag: settle=6s'],
    ['a flag without its value', { argv: ['--settle'] }, '--settle has no value'],
    ['a flag in place of a value', { argv: ['--settle', '--no-demo'] }, '--settle has no value'],
    ['a file that is not there', { argv: ['--config', 'none.yaml'] }, 'none.yaml cannot be read'],
    ['a file that is no YAML', { argv: ['--config', 'a'], files: { a: 'settle: [' } }, 'a is no YAML'],
    ['a file of a list', { argv: ['--config', 'a'], files: { a: '- settle' } }, 'a is no list of settings'],
    [
      'a file with a nested setting',
      { argv: ['--config', 'a'], files: { a: 'settle:\n  x: 1' } },
      'settle in a has no plain value',
    ],
  ])('%s is refused', (_, given, message) => {
    const error = refused(given);
    expect(error.message).toContain(message);
    expect(error.hint).not.toBe('');
  });

  it('in an empty file is none', () => {
    expect(loaded({ argv: ['--config', 'a'], files: { a: '# nothing yet\n' } }).config.settle).toBe(6000);
  });
});

describe('ports', () => {
  it('move together, but for those that are any free one', () => {
    const { config } = loaded({ argv: ['--ports', '+10000', '--query-port', '0', '--otlp-grpc-port', '5000'] });
    expect(config).toMatchObject({ otlpGrpcPort: 15_000, otlpHttpPort: 14_318, queryPort: 0, healthPort: 28_888 });
  });

  it('stay between 1 and 65535', () => {
    expect(refused({ argv: ['--ports', '+60000'] }).message).toBe('--ports puts query-port at 76686.');
    expect(refused({ argv: ['--ports', '-4317'] }).message).toBe('--ports puts otlp-grpc-port at 0.');
  });
});

describe('the password', () => {
  it('may stand in a file, without its last line end', () => {
    const given = { env: { SPANLOOM_CLICKHOUSE_PASSWORD_FILE: '/run/secret' }, files: { '/run/secret': 'hunter2\n' } };
    expect(loaded(given).config.clickhousePassword).toBe('hunter2');
  });

  it('must be there where it was said to be', () => {
    expect(refused({ argv: ['--clickhouse-password-file', '/none'] }).message).toContain('The password file /none');
  });
});

describe('the data folder', () => {
  it.each([
    ['linux', {}, '/home/ada/.local/share/spanloom'],
    ['linux', { XDG_DATA_HOME: '/data' }, '/data/spanloom'],
    ['darwin', {}, '/home/ada/Library/Application Support/spanloom'],
  ] as const)('on %s with %o', (platform, env, folder) => {
    expect(defaultDataDir({ platform, env, homeDir: '/home/ada' })).toBe(folder);
  });

  it("is the user's own by default", () => {
    expect(loaded({}).config.dataDir).toBe('/home/ada/.local/share/spanloom');
    expect(loaded({ argv: ['--data-dir', '/x y'] }).config.dataDir).toBe('/x y');
  });
});
