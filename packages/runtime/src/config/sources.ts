import { type Result, err, ok } from '@spanloom/span';
import { parse } from 'yaml';

import { nearest } from './nearest.ts';
import { envNameOf, options } from './table.ts';

/** A setting as it was found: its name in the table, its text, and where it stood. */
export interface Found {
  readonly name: string;
  readonly text: string;
  /** For people: `--settle`, `SPANLOOM_SETTLE` or `settle in spanloom.yaml`. */
  readonly where: string;
}

/** What is wrong with the configuration, in a sentence, and how to mend it. */
export interface ConfigError {
  readonly message: string;
  readonly hint: string;
}

/** What the command line holds. */
export interface Flags {
  readonly found: readonly Found[];
  readonly help: boolean;
  /** The file named by `--config`, or null. */
  readonly file: string | null;
}

export function readFlags(argv: readonly string[]): Result<Flags, ConfigError> {
  const found: Found[] = [];
  let help = false;
  let file: string | null = null;
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i] ?? '';
    if (argument === '--help' || argument === '-h') {
      help = true;
      continue;
    }
    if (!argument.startsWith('--')) {
      return err({
        message: `There is an argument that is no flag: ${argument}`,
        hint: 'Settings look like --name value; --help lists them.',
      });
    }
    const equals = argument.indexOf('=');
    const flag = equals < 0 ? argument : argument.slice(0, equals);
    const name = flag.slice(2);
    const negated = name.startsWith('no-') && options.get(name.slice(3))?.type === 'bool';
    if (negated && equals < 0) {
      found.push({ name: name.slice(3), text: 'false', where: flag });
      continue;
    }
    const spec = options.get(name);
    if (spec === undefined && name !== 'config')
      return err(
        unknown(
          flag,
          [...options.keys(), 'config'].map((known) => `--${known}`),
        ),
      );
    if (spec?.type === 'bool' && equals < 0) {
      found.push({ name, text: 'true', where: flag });
      continue;
    }
    const text = equals < 0 ? argv[++i] : argument.slice(equals + 1);
    if (text === undefined || (equals < 0 && text.startsWith('--'))) {
      return err({ message: `${flag} has no value.`, hint: `Write ${flag} VALUE; --help says which.` });
    }
    if (name === 'config') file = text;
    else found.push({ name, text, where: flag });
  }
  return ok({ found, help, file });
}

// Kubernetes injects these into every pod for a Service named `spanloom…`.
const injectedByKubernetes =
  /_SERVICE_HOST$|_SERVICE_PORT(_[A-Z0-9_]+)?$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/;

export function readEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Result<readonly Found[], ConfigError> {
  const names = new Map([...options.keys()].map((name) => [envNameOf(name), name]));
  const found: Found[] = [];
  for (const [variable, text] of Object.entries(env)) {
    if (text === undefined || !variable.startsWith('SPANLOOM_') || variable === 'SPANLOOM_CONFIG') continue;
    if (injectedByKubernetes.test(variable) || (variable.endsWith('_PORT') && /^(tcp|udp|sctp):\/\//.test(text)))
      continue;
    const name = names.get(variable);
    if (name === undefined) return err(unknown(variable, names.keys(), ' in the environment'));
    found.push({ name, text, where: variable });
  }
  return ok(found);
}

/** Reads a YAML file of `name: value` lines. */
export function readFileSettings(file: string, text: string): Result<readonly Found[], ConfigError> {
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    return err({
      message: `${file} is no YAML: ${firstLine(error)}`,
      hint: 'Write one setting a line, for example settle: 6s',
    });
  }
  if (document === null) return ok([]);
  if (typeof document !== 'object' || Array.isArray(document)) {
    return err({
      message: `${file} is no list of settings.`,
      hint: 'Write one setting a line, for example settle: 6s',
    });
  }
  const found: Found[] = [];
  for (const [name, value] of Object.entries(document)) {
    if (!options.has(name)) return err(unknown(name, options.keys(), ` in ${file}`));
    if (options.get(name)?.type === 'links' && Array.isArray(value)) {
      found.push(...value.map((each) => ({ name, text: String(each), where: `${name} in ${file}` })));
      continue;
    }
    if (!['string', 'number', 'boolean'].includes(typeof value)) {
      return err({ message: `${name} in ${file} has no plain value.`, hint: 'Write a text, a number, true or false.' });
    }
    found.push({ name, text: String(value), where: `${name} in ${file}` });
  }
  return ok(found);
}

function unknown(name: string, known: Iterable<string>, where = ''): ConfigError {
  return {
    message: `There is no setting ${name}${where}.`,
    hint: `Did you mean ${nearest(name, known)}? --help lists all settings.`,
  };
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
