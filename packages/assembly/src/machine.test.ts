import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { type TraceEvent, type TraceState, type Transition, transitions } from './machine.ts';

const words: Readonly<Record<string, string>> = { maxAge: 'max age', maxSpans: 'max spans', maxBytes: 'max bytes' };

function cell(transition: Transition): string {
  if (transition === 'impossible') return '–';
  if ('close' in transition) return `close: ${words[transition.close] ?? transition.close}`;
  return `\`${transition.to}\``;
}

test('the table in SPEC.md is the table in the code', () => {
  const spec = readFileSync(new URL('../SPEC.md', import.meta.url), 'utf8');
  const states: TraceState[] = ['absent', 'gathering', 'waiting'];
  const events: TraceEvent[] = [
    'chunk',
    'settledWhole',
    'settledBroken',
    'quiet',
    'maxAge',
    'maxSpans',
    'maxBytes',
    'pressure',
  ];
  for (const event of events) {
    expect(spec).toContain(`| \`${event}\` | ${states.map((state) => cell(transitions[state][event])).join(' | ')} |`);
  }
});
