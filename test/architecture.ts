/** A package or service, as its files say. */
export interface Workspace {
  readonly name: string;
  /** `packages` or `services`. */
  readonly folder: string;
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly dependencies: readonly string[];
  readonly references: readonly string[];
}

const maxLines = 500;

/** What each package may import of the others: span ← wire, assembly ← ports ← services. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  span: [],
  assembly: ['span'],
  wire: ['span'],
  runtime: ['span'],
  log: ['span', 'wire'],
  buffer: ['span', 'wire'],
  store: ['span', 'wire'],
  ports: ['span', 'log', 'buffer', 'store', 'runtime'],
  producer: ['span', 'wire'],
};
/** How a file begins that a program wrote. */
const made = /^\/\*\* Made by `npm run /;
const core = ['span', 'assembly'];
const libraries = Object.keys(allowed);

/** Public ways in beside the root; for tests of others. */
const publicSubpath = /^@spanloom\/[a-z-]+(\/testing)?$/;
const testFile = /\.test\.tsx?$|\/testing\//;
/** Where a process begins: what the packages are handed is taken from the machine here. */
const entryPoint = /^services\/[^/]+\/src\/(main|cli)\.ts$/;
const machine = /\b(process\.env|Date\.now|performance\.now|setTimeout|setInterval|Math\.random)\b/g;

/** Letting others have a turn of the event loop takes no time of its own. */
const turnOfTheLoop = /import \{ setImmediate(?: as \w+)? \} from 'node:timers\/promises';/g;

/** Everything that is against the architecture, a line each. */
export function findings(workspace: Workspace): string[] {
  return workspace.files.flatMap(({ path, text }) => {
    const lines = text.split('\n').length;
    const code = withoutComments(text).replaceAll(turnOfTheLoop, '');
    const found = [
      ...importsOf(code).flatMap((target) => importFindings(workspace, path, target)),
      ...(readsMachine(workspace, path) ? [] : machineFindings(code)),
    ];
    if (lines > maxLines && !made.test(text)) found.push(`has ${lines} lines; at most ${maxLines}`);
    return found.map((finding) => `${path}: ${finding}`);
  });
}

/** Modules that the code imports, statically or not, or exports from. */
export function importsOf(code: string): string[] {
  const statement =
    /(?:^|[;}\n])\s*(?:import|export)\s[^;'"]*?from\s*['"]([^'"]+)['"]|\bimport\s*\(?\s*['"]([^'"]+)['"]/g;
  return [...code.matchAll(statement)].map((match) => match[1] ?? match[2] ?? '');
}

function importFindings(workspace: Workspace, path: string, target: string): string[] {
  if (target.startsWith('.')) {
    const depth = path.split('/').length - 4;
    const up = target.split('/').filter((part) => part === '..').length;
    return up > depth ? [`${target} leaves its package`] : [];
  }
  const isTest = testFile.test(path);
  if (target.startsWith('@spanloom/')) return siblingFindings(workspace, isTest, target);
  if (isTest) return [];
  if (core.includes(workspace.name)) return [`${workspace.name} may not import ${target}`];
  if (target.startsWith('node:'))
    return target.startsWith('node:timers') && !readsMachine(workspace, path) ? ['timers are handed in'] : [];
  return declared(workspace, libraryOf(target));
}

function siblingFindings(workspace: Workspace, isTest: boolean, target: string): string[] {
  const name = target.split('/')[1] ?? '';
  const mayImport = workspace.folder === 'services' || (allowed[workspace.name] ?? []).includes(name);
  const found = declared(workspace, `@spanloom/${name}`);
  // What starts engines for tests belongs to nobody else.
  const forTests = isTest && name === 'engines';
  if (!publicSubpath.test(target)) found.push(`${target}: internals of another package`);
  if (!mayImport && !isTest) found.push(`${workspace.name} may not import @spanloom/${name}`);
  // Of the services, only the all-in-one puts others together.
  if (workspace.folder === 'services' && workspace.name !== 'all-in-one' && !libraries.includes(name) && !forTests) {
    found.push(`${workspace.name} may not import @spanloom/${name}`);
  }
  if (!workspace.references.includes(name))
    found.push(`@spanloom/${name} is not in the references of its tsconfig.json`);
  return found;
}

function declared(workspace: Workspace, library: string): string[] {
  return workspace.dependencies.includes(library) ? [] : [`${library} is not in its package.json`];
}

function libraryOf(target: string): string {
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');
}

function readsMachine(workspace: Workspace, path: string): boolean {
  if (testFile.test(path) || entryPoint.test(path)) return true;
  // The demo is an application of its own, as a user's would be.
  if (workspace.folder === 'services' && workspace.name === 'demo') return true;
  // The page runs in a browser, as one process with one clock.
  if (workspace.folder === 'services' && workspace.name === 'web') return true;
  // The producer runs in applications, which have no clock to hand in.
  return ['runtime', 'producer'].includes(workspace.name) && path.endsWith('src/clock.ts');
}

function machineFindings(code: string): string[] {
  return [...code.matchAll(machine)].map(([name]) => `${name} is handed in, not read`);
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '$1');
}
