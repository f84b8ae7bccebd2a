import { describe, expect, it } from 'vitest';

import { UserError, errorLine, exitCodeOf } from './user-error.ts';

describe('an error that ends the program', () => {
  it("is a user's: what is wrong and what to do, on one line, without a stack", () => {
    const error = new UserError('Port 4317 is in use.', { hint: 'Use --ports +10000.' });
    expect(errorLine(error)).toBe('spanloom: Port 4317 is in use. Use --ports +10000.');
    expect(exitCodeOf(error)).toBe(1);
  });

  it('of a wrong command line has exit code 2', () => {
    const error = new UserError('There is no setting --x.', { exitCode: 2 });
    expect(errorLine(error)).toBe('spanloom: There is no setting --x.');
    expect(exitCodeOf(error)).toBe(2);
  });

  it('is ours: with the place, on one line', () => {
    const line = errorLine(new TypeError('x is undefined'));
    expect(line).toMatch(/^spanloom: x is undefined \(at .*user-error\.test\.ts:\d+:\d+\)$/);
    expect(exitCodeOf(new TypeError('x'))).toBe(1);
  });

  it('may be no error at all', () => {
    expect(errorLine('gone')).toBe('spanloom: gone');
    expect(exitCodeOf('gone')).toBe(1);
  });
});
