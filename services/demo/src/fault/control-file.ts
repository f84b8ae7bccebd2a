import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { numberField, textField } from '../net/body.ts';

/** How `demo:break` reaches the demo that runs on this data folder. */
export interface ControlFile {
  readonly pid: number;
  readonly port: number;
  /** Whoever can read the file may break the demo; a web page or another user of the machine may not. */
  readonly token: string;
}

/** Spanloom's data folder where nothing else is said: `$XDG_DATA_HOME/spanloom`, else `~/.local/share/spanloom`. */
export function defaultDataDir(env: Readonly<Record<string, string | undefined>>): string {
  const chosen = env['SPANLOOM_DATA_DIR'];
  if (chosen !== undefined && chosen !== '') return resolve(chosen);
  const base = env['XDG_DATA_HOME'];
  return base === undefined || base === '' ? join(homedir(), '.local', 'share', 'spanloom') : join(base, 'spanloom');
}

/** Readable by the owner alone, and never seen half written. */
export async function writeControlFile(dataDir: string, control: ControlFile): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  const unfinished = join(dataDir, `.demo-${randomUUID()}.json`);
  await writeFile(unfinished, `${JSON.stringify(control)}\n`, { mode: 0o600 });
  await rename(unfinished, controlPath(dataDir));
}

/** Null where there is none: no demo runs there. Rejects for a file that is no JSON. */
export async function readControlFile(dataDir: string): Promise<ControlFile | null> {
  const value: unknown = await readFile(controlPath(dataDir), 'utf8').then(JSON.parse, () => null);
  const [pid, port, token] = [numberField(value, 'pid'), numberField(value, 'port'), textField(value, 'token')];
  return pid === undefined || port === undefined || token === undefined ? null : { pid, port, token };
}

export async function removeControlFile(dataDir: string): Promise<void> {
  await rm(controlPath(dataDir), { force: true });
}

export function controlPath(dataDir: string): string {
  return join(dataDir, 'demo.json');
}
