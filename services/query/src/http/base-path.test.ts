import { describe, expect, it } from 'vitest';
import { normalBasePath, withoutBasePath } from './base-path.ts';
import { traceResponse } from './trace-response.ts';

it.each([
  ['/', ''],
  ['', ''],
  ['a/b', '/a/b'],
  ['/a/b/', '/a/b'],
])('the base path %j is %j', (path, normal) => expect(normalBasePath(path)).toBe(normal));

describe('a URL below a base path', () => {
  it.each([
    ['/a/b/api/services?x=1', '/api/services?x=1'],
    ['/a/b/', '/'],
    ['/a/b', '/'],
    ['/a/b?x=1', '/?x=1'],
    ['/a/bc', '/api/nowhere'],
    ['/api/services', '/api/nowhere'],
  ])('%s is %s', (url, inner) => expect(withoutBasePath(url, '/a/b')).toBe(inner));

  it('stays as it is at the root', () => expect(withoutBasePath('/a/b', '')).toBe('/a/b'));
});

it.each([undefined, 'x', `00-${'0'.repeat(32)}-00000000000000a1-01`, `00-${'A'.repeat(32)}-00000000000000a1-01`])(
  'a request with the trace context %j gets a trace of its own',
  (parent) => {
    const header = traceResponse(parent);
    expect(header).toMatch(/^00-(?!0{32}|a{32})[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(traceResponse(parent)).not.toBe(header);
  },
);
