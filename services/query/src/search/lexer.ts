/**
 * Tokens of the query language:
 *
 *   name    a letter or `_`, then letters, digits and `_ . - / :`; also a keyword or a bare text
 *   text    "…" with the escapes of JSON
 *   number  -? digit, then letters, digits, `.` and, after an e, a sign: `500`, `1.5e3`, `200ms`
 *   symbol  { } ( ) , = != < <= > >= >> ~
 */
import { err, ok, type Result } from '@spanloom/span';

export interface Token {
  readonly type: 'name' | 'text' | 'number' | 'symbol' | 'end';
  /** As it stands in the query; of a text what it means. */
  readonly text: string;
  /** Where it stands: UTF-16 units, `to` exclusive. */
  readonly from: number;
  readonly to: number;
}

/** What is wrong with a query, and where. */
export interface QueryError {
  readonly message: string;
  /** UTF-16 units of the query, `to` exclusive; at its end both are its length. */
  readonly from: number;
  readonly to: number;
  /** What could stand there instead. */
  readonly expected: readonly string[];
  /** The valid word that is nearest to what stands there. */
  readonly nearest: string | null;
}

const space = /\s+/y;
const name = /[\p{L}_][\p{L}\p{N}_.\-/:]*/uy;
const number = /-?\d(?:[\p{L}\p{N}_.]|(?<=[eE])[+-])*/uy;
const text = /"(?:[^"\\]|\\.)*"/sy;
const symbol = />>|[!<>]=|[{}(),=<>~]/y;

export function tokensOf(query: string): Result<readonly Token[], QueryError> {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(query)?.[0] ?? null;
  };
  while (at < query.length) {
    const from = at;
    at += take(space)?.length ?? 0;
    if (at > from) continue;
    for (const [type, pattern] of patterns) {
      const found = take(pattern);
      if (found === null) continue;
      at += found.length;
      const meant = type === 'text' ? textOf(found) : found;
      if (meant === null) return err(wrong('This text has an escape that JSON does not know.', from, at));
      tokens.push({ type, text: meant, from, to: at });
      break;
    }
    if (at === from) return err(strange(query, from));
  }
  tokens.push({ type: 'end', text: '', from: query.length, to: query.length });
  return ok(tokens);
}

const patterns = [
  ['name', name],
  ['text', text],
  ['number', number],
  ['symbol', symbol],
] as const;

/** What a quoted text means, or null. */
function textOf(quoted: string): string | null {
  // Characters below U+0020, which JSON wants escaped, may stand as they are.
  const escaped = quoted.replaceAll(
    // oxlint-disable-next-line no-control-regex
    /[\u0000-\u001f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  if (!/^"(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"$/.test(escaped)) return null;
  return JSON.parse(escaped) as string;
}

function strange(query: string, from: number): QueryError {
  const character = String.fromCodePoint(query.codePointAt(from) ?? 0);
  if (character === '"') return wrong('This text has no closing quote.', from, query.length, ['"']);
  const to = from + character.length;
  if (character === "'") return wrong('A text stands in double quotes.', from, to, ['"']);
  if (character === '!') return { ...wrong('"!" is no operator.', from, to, ['!=', 'not']), nearest: '!=' };
  return wrong(`${JSON.stringify(character)} means nothing here.`, from, to);
}

function wrong(message: string, from: number, to: number, expected: readonly string[] = []): QueryError {
  return { message, from, to, expected, nearest: null };
}
