import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maxNameLength, operationName } from './operation.ts';

const named = (name: string): string => operationName({ name });

describe('names', () => {
  test.each([
    'GET',
    'GET /users/{id}',
    'GET /users/:id',
    'SELECT shop.orders',
    'SELECT',
    'GET /api/v1/users',
    'GET /v2.1/users',
    'apis/v1beta1/pods',
    'http2 connect',
    'HTTP/1.1 GET',
    'HTTP/2 POST',
    'sha256',
    's3.PutObject',
    'k8s-sync',
    'e2e',
    'getUserByOauth2TokenAndTenant',
    'com.example.v2.Cart/AddItem',
    'log4j2',
    'orders publish',
    '',
    'Straße prüfen',
  ])('%s stays', (name) => {
    expect(named(name)).toBe(name);
  });

  test.each([
    ['GET /users/42', 'GET /users/{id}'],
    ['GET /users/7/orders/1009', 'GET /users/{id}/orders/{id}'],
    ['GET /users/0af76519-16cd-43dd-8448-eb211c80319c', 'GET /users/{id}'],
    ['GET /users/{0AF76519-16CD-43DD-8448-EB211C80319C}', 'GET /users/{{id}}'],
    ['order-12345', 'order-{id}'],
    ['job_42_retry', 'job_{id}_retry'],
    ['op123456', 'op{id}'],
    ['cart:9f86d081884c7d65', 'cart:{id}'],
    ['commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b', 'commit {id}'],
    ['0xdeadbeef01', '{id}'],
    ['report 2024-01-31', 'report {id}'],
    ['report 2024-01-31T12:00:05.123Z done', 'report {id} done'],
    ['backup_20240131', 'backup_{id}'],
    ['GET /f/dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk', 'GET /f/{id}'],
    ['GET /u/01ARZ3NDEKTSV4RRFFQ69G5FAV', 'GET /u/{id}'],
    ['call 10.1.2.3', 'call {id}'],
    ['call 10.1.2.3:8080', 'call {id}:{id}'],
    ['GET /search?q=shoes&page=2', 'GET /search'],
    ['GET /v1/users/42?x', 'GET /v1/users/{id}'],
    ['SELECT * FROM t WHERE id = 42', 'SELECT * FROM t WHERE id = {id}'],
    ['balance -12.50', 'balance {id}'],
  ])('%s becomes %s', (name, operation) => {
    expect(named(name)).toBe(operation);
  });

  test('a million names of one shape are one operation', () => {
    const operations = new Set<string>();
    for (let n = 1; n < 1_000_000; n += 997) operations.add(named(`GET /users/${n}/cart-${n}`));
    expect(Array.from(operations)).toEqual(['GET /users/{id}/cart-{id}']);
  });

  test('random ids of the usual kinds leave few names', () => {
    const base64Url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const token = fc.string({ unit: fc.constantFrom(...base64Url), minLength: 32, maxLength: 32 });
    const left = fc.sample(token, { numRuns: 1000, seed: 7 }).filter((id) => named(`GET /f/${id}`) !== 'GET /f/{id}');
    // What has few digits in a row of letters passes for words; the limit per batch takes those.
    expect(left.length).toBeLessThan(50);
  });

  test('long names are cut, not through a surrogate pair', () => {
    expect(named('x'.repeat(1000))).toHaveLength(maxNameLength);
    expect(named(`${'x'.repeat(maxNameLength - 1)}😀`)).toBe('x'.repeat(maxNameLength - 1));
  });

  test('any text gives a bounded name, and the same one when done again', () => {
    const text = fc.oneof(fc.string({ maxLength: 230 }), fc.string({ unit: 'binary', maxLength: 60 }));
    fc.assert(
      fc.property(text, (name) => {
        const operation = named(name);
        expect(operation.length).toBeLessThanOrEqual(maxNameLength);
        expect(named(operation)).toBe(operation);
      }),
    );
  });

  test('hostile names take no time', () => {
    for (const unit of ['1-', 'a1', '/?', '2024-01-', '1.1.', 'A1b', '?/', '0x', '-', '1 ']) {
      const name = unit.repeat(50_000);
      const parts = { name, httpRoute: name, httpMethod: name };
      expect(operationName(parts).length).toBeLessThanOrEqual(maxNameLength);
    }
  });
});

describe('routes', () => {
  test('method and route stand in for a name with an id', () => {
    const parts = { name: 'GET /users/42', httpRoute: '/users/:user', httpMethod: 'GET' };
    expect(operationName(parts)).toBe('GET /users/:user');
    expect(operationName({ ...parts, httpMethod: undefined })).toBe('/users/:user');
    expect(operationName({ ...parts, httpMethod: 'GET 123 {}' })).toBe('/users/:user');
  });

  test('a name without an id stays', () => {
    expect(operationName({ name: 'list users', httpRoute: '/users', httpMethod: 'GET' })).toBe('list users');
  });

  test('a route that is the path itself is bounded too', () => {
    expect(operationName({ name: '/users/42', httpRoute: '/users/42', httpMethod: 'GET' })).toBe('GET /users/{id}');
  });
});
