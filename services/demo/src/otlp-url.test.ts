import { expect, it } from 'vitest';
import { tracesUrl } from './otlp-url.ts';

it('sends traces to the signal path under the base endpoint', () => {
  expect(tracesUrl('http://127.0.0.1:4318')).toBe('http://127.0.0.1:4318/v1/traces');
  expect(tracesUrl('http://127.0.0.1:4318/otlp/')).toBe('http://127.0.0.1:4318/otlp/v1/traces');
});
