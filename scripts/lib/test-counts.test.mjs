import { expect, it } from 'vitest';

import { countTests } from './test-counts.mjs';

function file(status, ...tests) {
  return { status, assertionResults: tests.map(([fullName, result]) => ({ fullName, status: result })) };
}

it('counts what passed and failed, and names what was skipped', () => {
  const testResults = [
    file('passed', ['a', 'passed'], ['b', 'skipped'], ['c', 'todo']),
    file('failed', ['d', 'passed'], ['e', 'failed']),
  ];
  expect(countTests({ testResults })).toEqual({ passed: 2, failed: 1, skipped: ['b', 'c'] });
});

it('counts a file that could not be loaded as a failure', () => {
  expect(countTests({ testResults: [file('failed')] })).toEqual({ passed: 0, failed: 1, skipped: [] });
  expect(countTests({ testResults: [file('failed', ['a', 'skipped'])] })).toEqual({
    passed: 0,
    failed: 1,
    skipped: ['a'],
  });
});
