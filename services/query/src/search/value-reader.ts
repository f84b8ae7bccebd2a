import { err, ok, type Result } from '@spanloom/span';
import { operators, type Operator, type Value } from './ast.ts';
import { keywords } from './field-reader.ts';
import type { FieldInfo } from './fields.ts';
import type { QueryError, Token } from './lexer.ts';
import { numberValue, unitNames } from './literals.ts';
import { nearest } from './nearest.ts';

export function readOperator(token: Token): Operator | null {
  return token.type === 'symbol' ? (operators.find((operator) => operator === token.text) ?? null) : null;
}

/** The value that the token is, for a field of this kind. */
export function readValue(token: Token, info: FieldInfo, operator: Operator): Result<Value, QueryError> {
  if (isKeyword(token)) {
    const quoted = JSON.stringify(token.text);
    return err(wrong(token, `Expected a value; as a text, ${token.text} stands in quotes.`, [quoted], quoted));
  }
  if (token.type === 'symbol' || token.type === 'end') {
    return err(wrong(token, 'Expected a value.', info.choices ?? [expectedOf(info)]));
  }
  const number = token.type === 'number' ? numberValue(token.text) : null;
  if (token.type === 'number' && number === null && info.type !== 'text') {
    return err(badNumber(token));
  }
  // A name with digits first, such as 2fa, is a text where one is wanted.
  const text: Value = { type: 'text', text: token.text };
  if (info.type === 'text' || operator === '~') return ok(text);
  switch (info.type) {
    case 'choice':
      return choice(token, info.choices ?? []);
    case 'duration':
      return number?.type === 'duration' ? nonNegative(token, number) : err(noDuration(token, number));
    case 'number':
      return number?.type === 'number' ? ok(number) : err(wrong(token, 'Expected a number.', ['a number']));
    case 'attribute':
      if (number?.type === 'duration') {
        const message = 'An attribute has no unit: write the number that was sent, or a text in quotes.';
        return err(wrong(token, message, ['a number', 'a text'], JSON.stringify(token.text)));
      }
      return ok(number ?? text);
  }
}

function isKeyword(token: Token): boolean {
  return token.type === 'name' && keywords.includes(token.text.toLowerCase());
}

function expectedOf(info: FieldInfo): string {
  if (info.type === 'duration') return 'a duration such as 200ms';
  return info.type === 'number' ? 'a number' : 'a text or a number';
}

function badNumber(token: Token): QueryError {
  const unit = /[\p{L}]+$/u.exec(token.text)?.[0] ?? '';
  const near = unit === '' ? null : nearest(unit, unitNames);
  const message = `${token.text} is no number with a unit; a text stands in quotes.`;
  const meant = near === null ? JSON.stringify(token.text) : token.text.slice(0, -unit.length) + near;
  return wrong(token, message, unitNames, meant);
}

function choice(token: Token, choices: readonly string[]): Result<Value, QueryError> {
  const text = token.text.toLowerCase();
  if (choices.includes(text)) return ok({ type: 'text', text });
  const near = nearest(token.text, choices);
  const message = `${JSON.stringify(token.text)} is none of ${choices.join(', ')}.`;
  return err(wrong(token, near === null ? message : `${message} Did you mean ${near}?`, choices, near));
}

function nonNegative(token: Token, value: Extract<Value, { type: 'duration' }>): Result<Value, QueryError> {
  return value.ns >= 0 ? ok(value) : err(wrong(token, 'No duration is below 0.', ['a duration']));
}

function noDuration(token: Token, number: Value | null): QueryError {
  const near = number?.type === 'number' && token.text === String(number.number) ? `${token.text}ms` : null;
  return wrong(token, 'Expected a duration with a unit: 200ms, 1.5s.', ['ns', 'us', 'ms', 's', 'm', 'h', 'd'], near);
}

function wrong(token: Token, message: string, expected: readonly string[], near: string | null = null): QueryError {
  return { message, from: token.from, to: token.to, expected, nearest: near };
}
