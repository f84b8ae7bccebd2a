import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { chromium, ensureProgram } from './engines.mjs';

let folder;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'spanloom-engines-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function program(name, mode = 0o755) {
  writeFileSync(join(folder, name), '#!/bin/sh\n');
  chmodSync(join(folder, name), mode);
}

function ensure({ isRoot = true, run = () => false } = {}) {
  const said = [];
  const env = { PATH: `/nowhere:${folder}`, CI: 'true' };
  return { path: ensureProgram(chromium, { env, isRoot, say: (text) => said.push(text), run }), said: said.join('\n') };
}

describe('a program that tests need, such as Chromium', () => {
  it.each(['chromium', 'chromium-browser', 'google-chrome'])('takes %s from the path, without a word', (name) => {
    program(name);
    expect(ensure()).toEqual({ path: join(folder, name), said: '' });
  });

  it('says how to get one, and that tests are skipped, where there is none and nothing may be installed', () => {
    program('apt-get');
    const run = () => {
      throw new Error('not as root');
    };
    const { path, said } = ensure({ isRoot: false, run });
    expect(path).toBeUndefined();
    expect(said).toContain('SKIPPED');
    expect(said).toContain('apt-get install -y --no-install-recommends chromium');
  });

  it('installs it as root in CI, says so, and takes it', () => {
    program('apt-get');
    const { path, said } = ensure({
      run: (command) => {
        expect(command).toMatch(/apt-get update && apt-get install .*chromium$/);
        program('chromium');
        return true;
      },
    });
    expect(path).toBe(join(folder, 'chromium'));
    expect(said).toContain('Installing it: apt-get update');
  });

  it('says so when installing fails', () => {
    program('apt-get');
    const { path, said } = ensure();
    expect(path).toBeUndefined();
    expect(said).toContain('could not be installed');
  });
});
