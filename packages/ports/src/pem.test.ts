import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { tlsOf } from './pem.ts';

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'spanloom-pem-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const pem = (what: string): string => `-----BEGIN ${what}-----\nAA==\n-----END ${what}-----\n`;

it('reads what is named, and nothing else', () => {
  const ca = file('ca.pem', pem('CERTIFICATE'));
  expect(tlsOf('kafka', { ca: '' })).toEqual({});
  expect(tlsOf('kafka', { ca, cert: ca, key: ca })).toEqual({
    ca: pem('CERTIFICATE'),
    cert: pem('CERTIFICATE'),
    key: pem('CERTIFICATE'),
  });
});

it('names the setting and the file that are wrong', () => {
  expect(() => tlsOf('redis', { ca: join(folder, 'none') })).toThrow(/--redis-tls-ca-file names .*none, which cannot/);
  expect(() => tlsOf('redis', { ca: file('x', 'hello') })).toThrow(/x, which is no PEM file/);
  expect(() => tlsOf('kafka', { ca: '', key: file('key', pem('PRIVATE KEY')) })).toThrow(/only one is given/);
});
