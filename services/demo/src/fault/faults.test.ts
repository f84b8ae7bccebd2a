import { describe, expect, it } from 'vitest';
import { createFaults } from './faults.ts';
import { sayChange, sayFaults } from './say.ts';

describe('faults', () => {
  it('add up within a service and leave the others alone', () => {
    const faults = createFaults();
    faults.change('payment', { type: 'latency', latencyMs: 400 });
    faults.change('payment', { type: 'errors', errorRate: 0.07 });
    expect(faults.of('payment')).toEqual({ latencyMs: 400, errorRate: 0.07 });
    expect(faults.of('cart')).toEqual({ latencyMs: 0, errorRate: 0 });
  });

  it('are all gone after off', () => {
    const faults = createFaults();
    faults.change('payment', { type: 'latency', latencyMs: 400 });
    faults.change('payment', { type: 'errors', errorRate: 0.07 });
    faults.change('payment', { type: 'off' });
    expect(faults.of('payment')).toEqual({ latencyMs: 0, errorRate: 0 });
  });
});

describe('what demo:break says', () => {
  it('names what happens and how to undo it', () => {
    const said = sayChange('payment', { latencyMs: 400, errorRate: 0.07 });
    expect(said).toContain('every request takes 400 ms longer, 7 % of requests fail');
    expect(said).toContain('npm run demo:break -- payment off');
  });

  it('says that a service is restored', () => {
    expect(sayChange('payment', { latencyMs: 0, errorRate: 0 })).toBe('payment is itself again.');
  });

  it('lists only what is broken', () => {
    const said = sayFaults({ cart: { latencyMs: 0, errorRate: 0 }, payment: { latencyMs: 0, errorRate: 0.2 } });
    expect(said).toContain('payment: 20 % of requests fail');
    expect(said).not.toContain('cart:');
  });
});
