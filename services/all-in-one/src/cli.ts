import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';

import { type Config, UserError, configHelp, errorLine, exitCodeOf, loadConfig } from '@spanloom/runtime';

import { rollupUsage, splitRollupArguments } from './rollup/arguments.ts';
import { version } from './version.ts';

interface Command {
  readonly help: string;
  /** Flags beside the settings. */
  readonly flags: readonly string[];
  run(config: Config, flags: ReadonlySet<string>, argv: readonly string[]): Promise<number>;
  /** The settings among the arguments, of a command that takes more than flags. */
  settings?(argv: readonly string[]): readonly string[];
  /** Default: the name and its flags. */
  readonly usage?: string;
}

// Each is loaded when it is asked for: all of them together take a second of CPU time.
const commands: Readonly<Record<string, Command>> = {
  'all-in-one': {
    help: 'Run the whole pipeline in one process tree',
    flags: [],
    run: async (config) => (await import('./main.ts')).allInOne(config),
  },
  gateway: {
    help: 'Take spans in and write them to Kafka',
    flags: [],
    run: async (config) => (await import('@spanloom/gateway')).runGateway(config),
  },
  assembler: {
    help: 'Link spans into whole traces, on Kafka and Redis',
    flags: [],
    run: async (config) => (await import('@spanloom/assembler')).runAssembler(config),
  },
  sink: {
    help: 'Write finished traces and their figures to ClickHouse',
    flags: [],
    run: async (config) => (await import('@spanloom/sink')).runSink(config),
  },
  query: {
    help: 'Answer queries and serve the web page',
    flags: [],
    run: async (config) => (await import('@spanloom/query')).runQuery(config),
  },
  migrate: {
    help: 'Make the topics and tables that the others need; --print writes a script instead',
    flags: ['--print', '--json', '--new-stream'],
    run: async (config, flags) => (await import('./migrate/command.ts')).migrate(config, flags),
  },
  audit: {
    help: 'Hold what was acknowledged against what is stored; --json for programs',
    flags: ['--json'],
    run: async (config, flags) => (await import('./audit/command.ts')).audit(config, flags.has('--json')),
  },
  doctor: {
    help: 'Look at this machine and the pipeline, and say what to mend',
    flags: [],
    run: async (config) => (await import('./doctor/command.ts')).doctor(config),
  },
  rollup: {
    help: 'Roll up what is due; or list, run NAME, backfill NAME, status',
    flags: [],
    usage: rollupUsage,
    settings: (argv) => splitRollupArguments(argv).settings,
    run: async (config, _flags, argv) =>
      (await import('./rollup/command.ts')).rollup(config, splitRollupArguments(argv).own),
  },
};

function usage(): string {
  const lines = Object.entries(commands).map(([name, command]) => `  ${name.padEnd(12)}${command.help}`);
  return `Spanloom ${version}\n\nUsage: spanloom <command> [settings]\n\n${lines.join('\n')}\n\nspanloom <command> --help lists the settings.\n`;
}

async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === '--version') {
    process.stdout.write(`${version}\n`);
    return 0;
  }
  if (name === undefined || name === '--help' || name === 'help') {
    process.stdout.write(usage());
    return name === undefined ? 2 : 0;
  }
  const command = commands[name];
  if (command === undefined) {
    throw new UserError(`There is no command "${name}".`, {
      hint: `Commands are ${Object.keys(commands).join(', ')}.`,
      exitCode: 2,
    });
  }
  const own = new Set(rest.filter((argument) => command.flags.includes(argument)));
  const loaded = loadConfig({
    argv: command.settings?.(rest) ?? rest.filter((argument) => !own.has(argument)),
    env: process.env,
    readFile: (path) => readFileSync(path, 'utf8'),
    platform: process.platform,
    homeDir: homedir(),
  });
  if (!loaded.ok) throw new UserError(loaded.error.message, { hint: loaded.error.hint, exitCode: 2 });
  if (loaded.value.help) {
    const flags = [...command.flags, '[settings]'].join(' ');
    process.stdout.write(configHelp(command.usage ?? `spanloom ${name} ${flags}`));
    return 0;
  }
  return command.run(loaded.value.config, own, rest);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${errorLine(error)}\n`);
  process.exitCode = exitCodeOf(error);
}
