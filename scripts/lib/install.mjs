import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { createProgress } from './progress.mjs';
import { inRoot, root } from './root.mjs';

// Measured on linux-x64: npm spends the first third of the time on some 300 answers, then writes 750 MB, of
// which ClickHouse's library is 543. A wrong guess makes the bar wait before its end, nothing else.
const expectedFetches = 350;
const expectedBytes = 750e6;
const fetchingPart = 0.3;
const pollMs = 400;

/** Installs what package-lock.json asks for, unless it is there. Throws an Error that is fit for people. */
export async function ensureInstalled({ quiet = false } = {}) {
  const lock = readFileSync(inRoot('package-lock.json'), 'utf8');
  const stamp = createHash('sha256').update(`${process.platform}-${process.arch} ${lock}`).digest('hex');
  const stampFile = inRoot('node_modules', '.spanloom-install');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  if (!matchesInstalled(JSON.parse(lock))) await install(quiet);
  writeFileSync(stampFile, stamp);
}

/** Whether somebody ran npm here already: npm keeps a list of what it installed. */
function matchesInstalled(lock) {
  const list = inRoot('node_modules', '.package-lock.json');
  if (!existsSync(list)) return false;
  const installed = JSON.parse(readFileSync(list, 'utf8')).packages;
  return Object.entries(lock.packages).every(
    ([path, wanted]) =>
      !path.startsWith('node_modules/') || wanted.optional || installed[path]?.version === wanted.version,
  );
}

async function install(quiet) {
  const progress = quiet ? null : createProgress('installing');
  progress?.set(0);
  const args = [
    'ci',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--no-progress',
    '--loglevel=http',
  ];
  const npm = process.env.npm_execpath;
  // `npm start` tells which npm it is; without it, the one on the path.
  const [command, before] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const child = spawn(command, [...before, ...args], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  let fetches = 0;
  const errors = [];
  child.stderr.setEncoding('utf8');
  let rest = '';
  child.stderr.on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      if (line.startsWith('npm http')) fetches++;
      else if (/^npm (error|ERR!)/.test(line)) errors.push(line);
    }
  });
  let running = true;
  const done = new Promise((resolve) => {
    child.once('error', (error) => resolve(error));
    child.once('close', (code) => resolve(code));
  });
  void done.then(() => (running = false));
  while (running) {
    await Promise.race([done, new Promise((resolve) => setTimeout(resolve, pollMs))]);
    if (!running || progress === null) continue;
    const bytes = await folderBytes(inRoot('node_modules'));
    const fetched = Math.min(1, fetches / expectedFetches);
    const written = Math.min(1, bytes / expectedBytes);
    progress.set(
      Math.min(
        0.99,
        Math.max(
          fetchingPart * fetched,
          fetchingPart + (1 - fetchingPart) * written - (written < 0.02 ? fetchingPart : 0),
        ),
      ),
      `${Math.round(bytes / 1e6)} MB`,
    );
  }
  progress?.end();
  const outcome = await done;
  if (outcome === 0) return;
  const said = outcome instanceof Error ? [outcome.message] : errors.slice(-8);
  throw new Error(
    `Installing failed. npm said:\n${said.map((line) => `  ${line}`).join('\n')}\n${hintFor(said.join(' '))}`,
  );
}

function hintFor(said) {
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ECONNRESET|network/.test(said)) {
    return 'The first start needs the network. Behind a proxy: npm config set proxy http://HOST:PORT, and https-proxy likewise.';
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO/.test(said))
    return "The proxy's certificate is unknown: set NODE_EXTRA_CA_CERTS to a file that holds it.";
  if (/ENOSPC/.test(said)) return 'The disk is full: about 1 GB is needed.';
  if (/EACCES|EPERM/.test(said)) return 'This folder must be writable; no need for root.';
  return 'Run npm ci to see all of it.';
}

async function folderBytes(path) {
  let bytes = 0;
  for (const entry of await readdir(path, { withFileTypes: true }).catch(() => [])) {
    const inside = join(path, entry.name);
    if (entry.isDirectory()) bytes += await folderBytes(inside);
    else
      bytes += await lstat(inside).then(
        (file) => file.size,
        () => 0,
      );
  }
  return bytes;
}
