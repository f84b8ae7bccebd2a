import { err, ok, type Result } from '@spanloom/span';
import type { Field } from './ast.ts';
import { isSpanField, isTraceField, spanFieldNames, traceFieldNames } from './fields.ts';
import type { QueryError, Token } from './lexer.ts';
import { nearest } from './nearest.ts';

/** Words that are no field and no text without quotes. */
export const keywords: readonly string[] = ['and', 'or', 'not', 'in', 'exists'];

/** A field, and how many tokens it takes. */
export interface ReadField {
  readonly field: Field;
  readonly tokens: number;
}

/** The field that begins at token `at`. */
export function readField(
  tokens: readonly Token[],
  at: number,
  alsoExpected: readonly string[],
): Result<ReadField, QueryError> {
  const token = tokens[at];
  if (token === undefined || token.type !== 'name' || keywords.includes(token.text.toLowerCase())) {
    return err(noField(token, alsoExpected));
  }
  const { text } = token;
  const scope = /^(?<scope>span|resource)\./.exec(text)?.groups?.['scope'];
  if (scope === 'span' || scope === 'resource') {
    const quoted = tokens[at + 1];
    const inQuotes = text.length === scope.length + 1 && quoted?.type === 'text' && quoted.from === token.to;
    const key = inQuotes ? quoted.text : text.slice(scope.length + 1);
    if (key === '') {
      return err(wrong(token, `Here is the name of an attribute missing: ${scope}.http.route`, ['an attribute']));
    }
    return ok({ field: { type: 'attribute', scope, key }, tokens: inQuotes ? 2 : 1 });
  }
  if (isSpanField(text)) return ok({ field: { type: 'span', name: text }, tokens: 1 });
  if (isTraceField(text)) return ok({ field: { type: 'trace', name: text }, tokens: 1 });
  if (/^(?:trace|root)\./.test(text)) {
    return err(wrong(token, `There is no field ${text}.`, traceFieldNames));
  }
  // Attributes have names with a dot by convention, so that a mistyped field is not taken for one.
  if (!/[.:/]/.test(text)) {
    return err(wrong(token, `There is no field ${text}; an attribute of that name is span.${text}.`, fieldNames));
  }
  return ok({ field: { type: 'attribute', scope: 'any', key: text }, tokens: 1 });
}

const fieldNames: readonly string[] = [...spanFieldNames, ...traceFieldNames];

function noField(token: Token | undefined, alsoExpected: readonly string[]): QueryError {
  const at = token ?? { type: 'end', text: '', from: 0, to: 0 };
  const found = at.type === 'end' ? 'the query ends here' : `${JSON.stringify(at.text)} stands here`;
  return wrong(at, `Expected a field or an attribute, but ${found}.`, [...fieldNames, ...alsoExpected]);
}

function wrong(token: Token, message: string, expected: readonly string[]): QueryError {
  const near = token.type === 'name' ? nearest(token.text, expected) : null;
  const said = near === null ? message : `${message} Did you mean ${near}?`;
  return { message: said, from: token.from, to: token.to, expected, nearest: near };
}
