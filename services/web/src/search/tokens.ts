/** A token of a query, as far as completion needs it; the parser is in the API. */
export interface Token {
  readonly type: 'name' | 'number' | 'text' | 'symbol';
  readonly text: string;
  /** UTF-16 units of the query, `to` exclusive. */
  readonly from: number;
  readonly to: number;
}

const patterns = [
  ['name', /[\p{L}_][\p{L}\p{N}_.\-/:]*/uy],
  ['number', /-?\d(?:[\p{L}\p{N}_.]|(?<=[eE])[+-])*/uy],
  // Also one that is still being written.
  ['text', /"(?:[^"\\]|\\.)*(?:"|\\?$)/suy],
  ['symbol', />>|[!<>]=|[{}(),=<>~]/y],
] as const;

/** Tokens as the lexer of the API finds them; what is none is passed over. */
export function tokensOf(query: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < query.length) {
    const found = patterns.flatMap(([type, pattern]) => {
      pattern.lastIndex = at;
      const text = pattern.exec(query)?.[0];
      return text === undefined ? [] : [{ type, text, from: at, to: at + text.length }];
    })[0];
    if (found !== undefined) tokens.push(found);
    at = found?.to ?? at + 1;
  }
  return tokens;
}

const keywords = ['and', 'or', 'not', 'in', 'exists'];
const bareText = /^[\p{L}_][\p{L}\p{N}_.\-/:]*$/u;
const bareNumber = /^-?\d+(?:\.\d+)?$/;

/** A value as it stands in a query: in quotes where it needs them. */
export function valueText(value: string): string {
  const isBare = (bareText.test(value) && !keywords.includes(value.toLowerCase())) || bareNumber.test(value);
  return isBare ? value : JSON.stringify(value);
}

/** Adds a condition on the trace to a query, whatever that is. */
export function withCondition(query: string, condition: string): string {
  const text = query.trim();
  if (text === '') return condition;
  return `${hasOr(text) ? `(${text})` : text} and ${condition}`;
}

/**
 * Adds to a query that some span of the trace meets a condition, or that none does. What the query asks for may be
 * met by other spans, so it stands in braces of its own.
 */
export function withSpan(query: string, condition: string, isThere: boolean): string {
  const text = query.trim();
  const set = isThere ? `{${condition}}` : `not {${condition}}`;
  if (text === '') return isThere ? condition : set;
  const hasBraces = tokensOf(text).some((token) => isSymbol(token, '{'));
  return withCondition(hasBraces ? text : `{${text}}`, set);
}

/** Outside of braces, which keep together what is in them. */
function hasOr(query: string): boolean {
  let depth = 0;
  return tokensOf(query).some((token) => {
    if (isSymbol(token, '{')) depth += 1;
    if (isSymbol(token, '}')) depth -= 1;
    return depth === 0 && token.type === 'name' && token.text.toLowerCase() === 'or';
  });
}

function isSymbol({ type, text }: Token, symbol: string): boolean {
  return type === 'symbol' && text === symbol;
}
