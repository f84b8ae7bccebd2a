import { join } from 'node:path';

import { type Result, err, ok } from '@spanloom/span';

import { type ConfigError, type Found, readEnvironment, readFileSettings, readFlags } from './sources.ts';
import { type Config, type OptionName, keyOf, options } from './table.ts';
import { type Value, parseValue } from './value.ts';

/** Where settings come from; nothing else is looked at. */
export interface ConfigInput {
  /** Without the program and its subcommand. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Throws where the file cannot be read. */
  readonly readFile: (path: string) => string;
  readonly platform: NodeJS.Platform;
  readonly homeDir: string;
}

export interface LoadedConfig {
  readonly config: Config;
  /** Where each value stood: `default`, `--settle`, `SPANLOOM_SETTLE` or `settle in FILE`. */
  readonly sources: Readonly<Record<OptionName, string>>;
  /** `--help` was given. */
  readonly help: boolean;
}

/** The settings: defaults, then a file, then the environment, then flags. Does not throw. */
export function loadConfig(input: ConfigInput): Result<LoadedConfig, ConfigError> {
  const flags = readFlags(input.argv);
  if (!flags.ok) return flags;
  const environment = readEnvironment(input.env);
  if (!environment.ok) return environment;
  const path = flags.value.file ?? input.env['SPANLOOM_CONFIG'] ?? '';
  const file = path === '' ? ok([]) : readSettings(input, path);
  if (!file.ok) return file;

  const values = new Map<string, Value>();
  const sources = new Map<string, string>();
  const defaults = [...options].map(([name, spec]): Found => ({ name, text: spec.default, where: 'default' }));
  for (const { name, text, where } of [...defaults, ...file.value, ...environment.value, ...flags.value.found]) {
    const spec = options.get(name);
    if (spec === undefined) continue;
    // A list goes on where it began; a source that comes before replaces it as a whole.
    const begun = spec.type === 'links' && sources.get(name) === where ? `${String(values.get(name))}\n` : '';
    const value = parseValue(spec, begun + text);
    if (!value.ok) {
      const shown = spec.secret === true ? '(hidden)' : `"${text}"`;
      return err({
        message: `${where} is ${shown}: ${value.error.wrong}.`,
        hint: `Accepted: ${value.error.accepted}.`,
      });
    }
    values.set(name, value.value);
    sources.set(name, where);
  }

  if (values.get('data-dir') === '') values.set('data-dir', defaultDataDir(input));
  const shifted = shiftPorts(values);
  if (!shifted.ok) return shifted;
  const secrets = readSecrets(input, values);
  if (!secrets.ok) return secrets;
  return ok({
    // The loop above went through every row of the table, each parsed by its own type.
    config: Object.fromEntries([...values].map(([name, value]) => [keyOf(name), value])) as Config,
    sources: Object.fromEntries(sources) as Record<OptionName, string>,
    help: flags.value.help,
  });
}

/** The user's data folder by the platform's custom. */
export function defaultDataDir({ env, platform, homeDir }: Pick<ConfigInput, 'env' | 'platform' | 'homeDir'>): string {
  if (platform === 'darwin') return join(homeDir, 'Library', 'Application Support', 'spanloom');
  const base = env['XDG_DATA_HOME'] ?? '';
  return join(base === '' ? join(homeDir, '.local', 'share') : base, 'spanloom');
}

function readSettings(input: ConfigInput, path: string): Result<readonly Found[], ConfigError> {
  const text = readText(input, path, 'The configuration file');
  return text.ok ? readFileSettings(path, text.value) : text;
}

function shiftPorts(values: Map<string, Value>): Result<null, ConfigError> {
  const offset = Number(values.get('ports'));
  for (const [name, spec] of options) {
    const port = Number(values.get(name));
    // Port 0 means any free one, wherever the others are.
    if (spec.type !== 'port' || port === 0) continue;
    const shifted = port + offset;
    if (shifted < 1 || shifted > 65_535) {
      return err({ message: `--ports puts ${name} at ${shifted}.`, hint: 'Ports go from 1 to 65535.' });
    }
    values.set(name, shifted);
  }
  return ok(null);
}

/** A secret may stand in a file instead: `x-file` is read into `x`. */
function readSecrets(input: ConfigInput, values: Map<string, Value>): Result<null, ConfigError> {
  for (const [name, spec] of options) {
    const path = spec.secret === true ? String(values.get(`${name}-file`) ?? '') : '';
    if (path === '') continue;
    const text = readText(input, path, 'The password file');
    if (!text.ok) return text;
    values.set(name, text.value.replace(/\r?\n$/, ''));
  }
  return ok(null);
}

function readText(input: ConfigInput, path: string, what: string): Result<string, ConfigError> {
  try {
    return ok(input.readFile(path));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return err({
      message: `${what} ${path} cannot be read: ${why}`,
      hint: 'Name a file that is there and may be read.',
    });
  }
}
