import { describe, expect, it } from 'vitest';
import { parseArguments } from './arguments.ts';

describe('the arguments of demo:break', () => {
  it('name a service and an amount', () => {
    expect(parseArguments(['payment', '400ms'])).toEqual({
      ok: true,
      command: { type: 'change', service: 'payment', amount: '400ms', dataDir: undefined },
    });
  });

  it('may have a space in the amount', () => {
    expect(parseArguments(['payment', '400', 'ms'])).toMatchObject({ command: { amount: '400ms' } });
  });

  it('may name the data folder, before or after, with a space or an equals sign', () => {
    for (const args of [
      ['--data-dir', '/d', 'cart', 'off'],
      ['cart', 'off', '--data-dir=/d'],
    ]) {
      expect(parseArguments(args)).toMatchObject({ command: { service: 'cart', amount: 'off', dataDir: '/d' } });
    }
  });

  it('may be missing: then it says what is in force', () => {
    expect(parseArguments([])).toEqual({ ok: true, command: { type: 'show', dataDir: undefined } });
  });

  it.each([
    [['paymnt', '400ms'], 'Did you mean payment?'],
    [['Shiping', '400ms'], 'Did you mean shipping?'],
    [['database', '400ms'], 'There are frontend, checkout, cart, inventory, payment, shipping.'],
    [['payment'], 'npm run demo:break -- payment 400ms'],
    [['payment', '400'], '400 of what?'],
    [['payment', '400ms', '--for', '10s'], 'unknown flag --for'],
    [['payment', '400ms', '--data-dir'], '--data-dir needs a folder'],
  ])('%j are refused and the error says why', (args, hint) => {
    expect(parseArguments(args)).toEqual({ ok: false, error: expect.stringContaining(hint) as string });
  });

  it('suggest nothing for a name that is like none', () => {
    expect(parseArguments(['database', '400ms'])).toMatchObject({
      error: expect.not.stringContaining('Did you mean') as string,
    });
  });
});
