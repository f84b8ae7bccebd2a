import { type Config, envNameOf, keyOf, options } from './table.ts';

const indent = 26;
const columns = 80;

/** All settings by section, at most 80 columns wide. */
export function configHelp(usage: string): string {
  const lines = [
    `Usage: ${usage}`,
    '',
    'Settings come from a file (--config FILE, or SPANLOOM_CONFIG), then the',
    'environment (SPANLOOM_DATA_DIR for --data-dir), then flags.',
  ];
  let section = '';
  for (const [name, spec] of options) {
    if (spec.section !== section) {
      section = spec.section;
      lines.push('', section);
    }
    const flag = spec.type === 'bool' ? `--[no-]${name}` : `--${name}`;
    const given = spec.type === 'bool' ? (spec.default === 'true' ? 'yes' : 'no') : spec.default;
    const byDefault = name === 'data-dir' ? " (in the user's data folder)" : given === '' ? '' : ` (${given})`;
    const choices = spec.values === undefined ? '' : `: ${spec.values.join(', ')}`;
    lines.push(...wrapped(flag, `${spec.help}${choices}${byDefault}`));
  }
  return `${lines.join('\n')}\n`;
}

/** The settings by environment name, secrets masked. */
export function printableConfig(config: Config): Readonly<Record<string, string>> {
  const values: Readonly<Record<string, unknown>> = config;
  return Object.fromEntries(
    [...options].map(([name, spec]) => {
      const value = String(values[keyOf(name)]);
      return [envNameOf(name), spec.secret === true && value !== '' ? '******' : value];
    }),
  );
}

function wrapped(flag: string, text: string): string[] {
  const lines: string[] = [];
  let line = `  ${flag}`.padEnd(indent - 1);
  if (line.length >= indent) {
    lines.push(line);
    line = ' '.repeat(indent - 1);
  }
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > columns) {
      lines.push(line);
      line = ' '.repeat(indent - 1);
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
