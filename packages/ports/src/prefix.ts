import { type Config, UserError } from '@spanloom/runtime';

/** What stands before the names of topics, groups, keys and the database. */
export function prefixOf(config: Config): string {
  if (/^\w*$/.test(config.prefix)) return config.prefix;
  throw new UserError(`--prefix is "${config.prefix}".`, {
    hint: 'Letters, digits and underscores: the database is named with it too.',
    exitCode: 2,
  });
}

/** The parts of a list that is separated by commas. */
export function listOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
