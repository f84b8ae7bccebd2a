import { describe, expect, it } from 'vitest';

import { unsupported } from './supported.mjs';

const linux = { platform: 'linux', arch: 'x64' };

describe('where Spanloom runs', () => {
  it.each(['v20.19.0', 'v20.20.3', 'v22.0.0', 'v24.11.1'])('on Node %s', (nodeVersion) => {
    expect(unsupported({ ...linux, nodeVersion })).toBeNull();
  });

  it.each(['v16.20.2', 'v18.20.4', 'v20.18.3'])('not on Node %s, and says which is needed', (nodeVersion) => {
    expect(unsupported({ ...linux, nodeVersion })).toBe(
      `Spanloom needs Node 20.19 or newer; this is ${nodeVersion}. Get it from https://nodejs.org`,
    );
  });

  it('not on Windows itself, but in WSL', () => {
    expect(unsupported({ nodeVersion: 'v22.0.0', platform: 'win32', arch: 'x64' })).toContain('WSL 2');
  });

  it('not on another platform, and says on which', () => {
    expect(unsupported({ nodeVersion: 'v22.0.0', platform: 'freebsd', arch: 'x64' })).toBe(
      'Spanloom does not run on freebsd-x64, but on linux-x64, linux-arm64, darwin-x64, darwin-arm64.',
    );
  });
});
