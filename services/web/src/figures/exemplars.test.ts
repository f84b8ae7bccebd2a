import { describe, expect, test } from 'vitest';

import { edgeSpans, ofAnyDuration, operationSpans, serviceSpans } from './exemplars.ts';

const edge = {
  client: 'web',
  server: 'cart',
  kind: 'rpc',
  side: 'server',
  operation: undefined,
  environment: undefined,
} as const;

describe('the query for the spans behind figures', () => {
  test('quotes what somebody else named', () => {
    expect(operationSpans('a "b"', 'GET /', 'prod')).toBe(
      'service = "a \\"b\\"" and operation = "GET /" and environment = "prod" and $duration',
    );
  });

  test('is also one for all of them, whatever they took', () => {
    expect(serviceSpans('cart', 'prod')).toBe('service = "cart" and environment = "prod"');
    expect(ofAnyDuration(operationSpans('cart', 'GET /', undefined))).toBe('service = "cart" and operation = "GET /"');
    expect(ofAnyDuration(edgeSpans(edge) ?? '')).toBe('{service = "web"} >> {service = "cart" and kind = server}');
  });

  test('of a call is about the spans of the side whose durations are shown', () => {
    expect(edgeSpans(edge)).toBe('{service = "web"} >> {service = "cart" and kind = server and $duration}');
    expect(edgeSpans({ ...edge, client: undefined, kind: 'entry' })).toContain('root.service = "cart"');
    expect(edgeSpans({ ...edge, server: 'postgresql/orders', kind: 'database', side: 'client' })).toBe(
      'service = "web" and peer = "postgresql/orders" and $duration',
    );
  });

  test('is none where spans do not say whom they called', () => {
    expect(edgeSpans({ ...edge, side: 'client' })).toBeNull();
  });
});
