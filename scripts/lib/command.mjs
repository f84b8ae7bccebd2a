import { pathToFileURL } from 'node:url';

import { inRoot } from './root.mjs';

/**
 * Goes on as the spanloom command with these arguments, in this process: a process between it and the
 * terminal would have to guess whether Ctrl-C reached both.
 */
export async function becomeSpanloom(args) {
  const cli = inRoot('services', 'all-in-one', 'dist', 'cli.js');
  process.argv = [process.execPath, cli, ...args];
  await import(pathToFileURL(cli).href);
}
