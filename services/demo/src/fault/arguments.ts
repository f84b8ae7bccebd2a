import { isServiceName, serviceNames } from '../names.ts';
import type { ServiceName } from '../names.ts';
import { parseAmount } from './amount.ts';
import { nearest } from './nearest.ts';

/** What `demo:break` was asked to do. */
export type Command =
  | { readonly type: 'help' }
  /** Say what is in force. */
  | { readonly type: 'show'; readonly dataDir: string | undefined }
  | {
      readonly type: 'change';
      readonly service: ServiceName;
      /** As `parseAmount` reads it. */
      readonly amount: string;
      readonly dataDir: string | undefined;
    };

export type ParsedArguments =
  | { readonly ok: true; readonly command: Command }
  | { readonly ok: false; readonly error: string };

export const usage: string = `Slows or fails a service of the running demo.

  npm run demo:break -- <service> <amount> [--data-dir <folder>]

  service   ${serviceNames.join(', ')}
  amount    400ms or 1.5s   every request takes that much longer
            20%             that share of requests fails
            off             as before

Without service and amount it says what is in force.`;

/** `args` are what stands behind the command. */
export function parseArguments(args: readonly string[]): ParsedArguments {
  if (args.includes('--help') || args.includes('-h')) return { ok: true, command: { type: 'help' } };
  const taken = takeDataDir(args);
  if ('error' in taken) return { ok: false, error: taken.error };
  const { words, dataDir } = taken;
  const flag = words.find((word) => word.startsWith('-'));
  if (flag !== undefined) return { ok: false, error: `unknown flag ${flag}: the only one is --data-dir <folder>` };

  const [service, ...amountWords] = words;
  if (service === undefined) return { ok: true, command: { type: 'show', dataDir } };
  if (!isServiceName(service)) return { ok: false, error: unknownService(service) };
  const amount = amountWords.join('');
  if (amount === '') return { ok: false, error: `how? For example: npm run demo:break -- ${service} 400ms` };
  const parsed = parseAmount(amount);
  if (!parsed.ok) return parsed;
  return { ok: true, command: { type: 'change', service, amount, dataDir } };
}

function takeDataDir(args: readonly string[]): { words: string[]; dataDir: string | undefined } | { error: string } {
  const words: string[] = [];
  let dataDir: string | undefined;
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? '';
    if (word === '--data-dir') dataDir = args[++i] ?? '';
    else if (word.startsWith('--data-dir=')) dataDir = word.slice('--data-dir='.length);
    else words.push(word);
  }
  return dataDir === '' ? { error: '--data-dir needs a folder' } : { words, dataDir };
}

function unknownService(name: string): string {
  const meant = nearest(name, serviceNames);
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
  return `no demo service is named ${name}.${hint} There are ${serviceNames.join(', ')}.`;
}
