import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

import { type Workspace, findings } from './architecture.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

function read(folder: string, name: string): Workspace {
  const at = join(root, folder, name);
  const files = readdirSync(join(at, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => ({ path: `${folder}/${name}/src/${path}`, text: readFileSync(join(at, 'src', path), 'utf8') }));
  const manifest: { dependencies?: object; optionalDependencies?: object; devDependencies?: object } = JSON.parse(
    readFileSync(join(at, 'package.json'), 'utf8'),
  );
  const project: { references: { path: string }[] } = JSON.parse(readFileSync(join(at, 'tsconfig.json'), 'utf8'));
  return {
    name,
    folder,
    files,
    dependencies: Object.keys({
      ...manifest.dependencies,
      ...manifest.optionalDependencies,
      ...manifest.devDependencies,
    }),
    references: project.references.map(({ path }) => path.split('/').at(-1) ?? ''),
  };
}

const workspaces = ['packages', 'services'].flatMap((folder) =>
  readdirSync(join(root, folder)).map((name) => read(folder, name)),
);

describe('the architecture', () => {
  it.each(workspaces.map((workspace) => [`${workspace.folder}/${workspace.name}`, workspace] as const))(
    '%s keeps to it',
    (_, workspace) => {
      expect(workspace.files.length).toBeGreaterThan(0);
      expect(findings(workspace)).toEqual([]);
    },
  );
});

describe('the checker', () => {
  function broken(name: string, text: string, change: Partial<Workspace> = {}): string[] {
    const path = `packages/${name}/src/x.ts`;
    return findings({ name, folder: 'packages', files: [{ path, text }], dependencies: [], references: [], ...change });
  }

  it.each([
    [
      'an import against the direction',
      'wire',
      "import { a } from '@spanloom/store';",
      'wire may not import @spanloom/store',
    ],
    ['a dynamic import', 'wire', "await import('@spanloom/store');", 'wire may not import @spanloom/store'],
    ['a re-export', 'wire', "export * from '@spanloom/store';", 'wire may not import @spanloom/store'],
    [
      'an import over several lines',
      'wire',
      "import {\n  a,\n} from '@spanloom/store';",
      'wire may not import @spanloom/store',
    ],
    ['Node in the core', 'assembly', "import { join } from 'node:path';", 'assembly may not import node:path'],
    ['internals', 'store', "import { a } from '@spanloom/wire/src/a.ts';", 'internals'],
    ['a way out of the package', 'store', "import { a } from '../../wire/src/a.ts';", 'leaves its package'],
    ['an undeclared dependency', 'store', "import { a } from '@spanloom/wire';", 'is not in its package.json'],
    ['an undeclared library', 'store', "import { a } from 'yaml';", 'is not in its package.json'],
    ['the environment', 'store', "const a = process.env['A'];", 'process.env'],
    ['the clock', 'store', 'const a = Date.now();', 'Date.now'],
    ['a timer', 'store', 'setTimeout(f, 1);', 'setTimeout'],
    ['a timer import', 'store', "import { setTimeout } from 'node:timers/promises';", 'timers'],
    ['a long file', 'store', '\n'.repeat(501), 'lines'],
  ])('finds %s', (_, name, text, finding) => {
    expect(broken(name, text).join('\n')).toContain(finding);
  });

  it('finds a missing project reference', () => {
    const text = "import { a } from '@spanloom/wire';";
    expect(broken('store', text, { dependencies: ['@spanloom/wire'] }).join('\n')).toContain('tsconfig');
    expect(broken('store', text, { dependencies: ['@spanloom/wire'], references: ['wire'] })).toEqual([]);
  });

  it('lets others have a turn of the event loop', () => {
    expect(broken('store', "import { setImmediate as nextTurn } from 'node:timers/promises';")).toEqual([]);
    expect(broken('store', "import { setImmediate, setTimeout } from 'node:timers/promises';")).not.toEqual([]);
  });

  it('reads no comments', () => {
    expect(
      broken('store', "// Date.now() is not for us\n/* import 'x' from '@spanloom/query' */ const u = 'http://a';"),
    ).toEqual([]);
  });
});
