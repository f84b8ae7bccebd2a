import { readFileSync } from 'node:fs';

import { UserError } from '@spanloom/runtime';

/** The text of a PEM file that a setting names; undefined where it names none. */
export function pemOf(setting: string, path: string): string | undefined {
  if (path === '') return undefined;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UserError(`--${setting} names ${path}, which cannot be read.`, {
      hint: 'Name a file that is there and may be read.',
      exitCode: 2,
      cause: error,
    });
  }
  if (text.includes('-----BEGIN ')) return text;
  throw new UserError(`--${setting} names ${path}, which is no PEM file.`, {
    hint: 'It begins with -----BEGIN.',
    exitCode: 2,
  });
}

/** What TLS needs, from the files that the settings `{of}-tls-…-file` name. */
export function tlsOf(
  of: string,
  files: { readonly ca: string; readonly cert?: string; readonly key?: string },
): { readonly ca?: string; readonly cert?: string; readonly key?: string } {
  const ca = pemOf(`${of}-tls-ca-file`, files.ca);
  const cert = pemOf(`${of}-tls-cert-file`, files.cert ?? '');
  const key = pemOf(`${of}-tls-key-file`, files.key ?? '');
  if ((cert === undefined) !== (key === undefined)) {
    throw new UserError(`Of --${of}-tls-cert-file and --${of}-tls-key-file only one is given.`, {
      hint: 'A certificate and its key go together.',
      exitCode: 2,
    });
  }
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
}
