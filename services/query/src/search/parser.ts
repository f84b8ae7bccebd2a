/**
 * The grammar:
 *
 *   query      = nothing | filter | traces       filter where no brace stands anywhere: one span meets it
 *   traces     = or over (chain | condition)     conditions on fields of the trace only
 *   chain      = set (">>" set)*
 *   set        = "{" filter? "}"
 *   filter     = or over conditions
 *   or over X  = and ("or" and)*
 *   and        = not ("and" not)*
 *   not        = "not" not | "(" or ")" | X
 *   condition  = field operator value | field "not"? "in" "(" value ("," value)* ")" | "exists" field
 *
 * Keywords may be written in capitals. The first error ends the parsing: it is kept, and everything gives null.
 */
import { err, ok, type Result } from '@spanloom/span';
import { anySpan, everyTrace, isJoined, isNot, joined } from './ast.ts';
import type { Condition, Expression, Field, SpanChain, SpanFilter, TraceFilter, Value } from './ast.ts';
import { readField } from './field-reader.ts';
import { infoOf, operatorsOf } from './fields.ts';
import { tokensOf, type QueryError, type Token } from './lexer.ts';
import { nearest } from './nearest.ts';
import { readOperator, readValue } from './value-reader.ts';

export const maxQueryLength = 4096;
/** Each is looked for in the store. */
const maxConditions = 64;
const maxDepth = 32;
const maxValues = 100;
const maxChain = 4;

export function parseQuery(text: string): Result<TraceFilter, QueryError> {
  if (text.length > maxQueryLength) {
    const message = `A query has at most ${maxQueryLength} characters.`;
    return err({ message, from: maxQueryLength, to: text.length, expected: [], nearest: null });
  }
  const tokens = tokensOf(text);
  if (!tokens.ok) return tokens;
  const parser = new Parser(tokens.value);
  const query = parser.query();
  return query === null ? err(parser.error) : ok(query);
}

/** One field by itself, such as what results are grouped by. */
export function parseField(text: string): Result<Field, QueryError> {
  const tokens = tokensOf(text);
  if (!tokens.ok) return tokens;
  const parser = new Parser(tokens.value);
  const field = parser.onlyField();
  return field === null ? err(parser.error) : ok(field);
}

type Primary<Leaf> = () => Expression<Leaf> | null;

class Parser {
  error: QueryError = { message: '', from: 0, to: 0, expected: [], nearest: null };
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;
  #conditions = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  query(): TraceFilter | null {
    if (this.#atEnd()) return everyTrace;
    const hasBraces = this.#tokens.some((token) => isSymbol(token, '{'));
    const query = hasBraces
      ? this.#or<Condition | SpanChain>(() => this.#setsOrTrace())
      : this.#wrapped(this.#or(() => this.#condition()));
    if (query === null) return null;
    return this.#atEnd() ? query : this.#unexpected(['and', 'or']);
  }

  onlyField(): Field | null {
    const field = this.#field();
    if (field === null) return null;
    return this.#atEnd() ? field : this.#unexpected([]);
  }

  #wrapped(filter: SpanFilter | null): TraceFilter | null {
    return filter === null ? null : { type: 'spans', filters: [filter] };
  }

  get #token(): Token {
    return this.#tokens[this.#at] ?? { type: 'end', text: '', from: 0, to: 0 };
  }

  #atEnd(): boolean {
    return this.#token.type === 'end';
  }

  #or<Leaf extends { readonly type: string }>(primary: Primary<Leaf>): Expression<Leaf> | null {
    return this.#list('or', () => this.#list('and', () => this.#not(primary)));
  }

  #list<Leaf extends { readonly type: string }>(
    type: 'and' | 'or',
    operand: () => Expression<Leaf> | null,
  ): Expression<Leaf> | null {
    const operands: Expression<Leaf>[] = [];
    do {
      const next = operand();
      if (next === null) return null;
      operands.push(next);
    } while (this.#takeKeyword(type));
    return joined(type, operands);
  }

  #not<Leaf extends { readonly type: string }>(primary: Primary<Leaf>): Expression<Leaf> | null {
    this.#depth += 1;
    if (this.#depth > maxDepth) return this.#fail(`Nested deeper than ${maxDepth}.`);
    let found: Expression<Leaf> | null;
    if (this.#takeKeyword('not')) {
      const operand = this.#not(primary);
      found = operand === null ? null : { type: 'not', operand };
    } else if (this.#takeSymbol('(')) {
      const inner = this.#or(primary);
      found = inner === null || this.#expectSymbol(')', ['and', 'or']) ? inner : null;
    } else {
      found = primary();
    }
    this.#depth -= 1;
    return found;
  }

  /** Where braces are used: sets of spans, and conditions on fields of the trace. */
  #setsOrTrace(): Expression<Condition | SpanChain> | null {
    if (isSymbol(this.#token, '{')) return this.#chain();
    const start = this.#token;
    const condition = this.#condition(['{']);
    if (condition === null || isAboutTrace(condition)) return condition;
    return this.#fail('A condition on spans stands in braces where a query has braces.', start, ['{']);
  }

  #chain(): SpanChain | null {
    const filters: SpanFilter[] = [];
    do {
      if (!this.#expectSymbol('{')) return null;
      const filter = isSymbol(this.#token, '}') ? anySpan : this.#or<Condition>(() => this.#condition());
      if (filter === null || !this.#expectSymbol('}', filter === anySpan ? [] : ['and', 'or'])) return null;
      filters.push(filter);
      if (filters.length > maxChain) return this.#fail(`At most ${maxChain} sets can be chained.`);
    } while (this.#takeSymbol('>>'));
    return { type: 'spans', filters };
  }

  #condition(alsoExpected: readonly string[] = []): Expression<Condition> | null {
    this.#conditions += 1;
    if (this.#conditions > maxConditions) return this.#fail(`A query has at most ${maxConditions} conditions.`);
    if (this.#takeKeyword('exists')) {
      const field = this.#field();
      return field === null ? null : this.#exists(field);
    }
    const field = this.#field(['not', 'exists', '(', ...alsoExpected]);
    if (field === null) return null;
    const negated = this.#takeKeyword('not');
    if (this.#takeKeyword('in')) return this.#in(field, negated);
    const info = infoOf(field);
    const operator = negated ? null : readOperator(this.#token);
    if (operator === null || !operatorsOf[info.type].includes(operator)) {
      return this.#unexpected(negated ? ['in'] : [...operatorsOf[info.type], 'not in']);
    }
    this.#at += 1;
    const value = readValue(this.#token, info, operator);
    if (!value.ok) return this.#reject(value.error);
    this.#at += 1;
    return { type: 'compare', field, operator, value: value.value };
  }

  #exists(field: Field): Condition | null {
    const { type } = infoOf(field);
    if (type === 'text' || type === 'attribute') return { type: 'exists', field };
    this.#at -= 1;
    return this.#fail('Every span and every trace has this field.');
  }

  #in(field: Field, negated: boolean): Expression<Condition> | null {
    if (!this.#expectSymbol('(')) return null;
    const info = infoOf(field);
    const values: Value[] = [];
    do {
      const value = readValue(this.#token, info, '=');
      if (!value.ok) return this.#reject(value.error);
      if (values.length === maxValues) return this.#fail(`At most ${maxValues} values.`);
      this.#at += 1;
      values.push(value.value);
    } while (this.#takeSymbol(','));
    if (!this.#expectSymbol(')', [','])) return null;
    const found: Condition = { type: 'in', field, values };
    return negated ? { type: 'not', operand: found } : found;
  }

  #field(alsoExpected: readonly string[] = []): Field | null {
    const read = readField(this.#tokens, this.#at, alsoExpected);
    if (!read.ok) return this.#reject(read.error);
    this.#at += read.value.tokens;
    return read.value.field;
  }

  #takeKeyword(keyword: string): boolean {
    const taken = this.#token.type === 'name' && this.#token.text.toLowerCase() === keyword;
    if (taken) this.#at += 1;
    return taken;
  }

  #takeSymbol(symbol: string): boolean {
    const taken = isSymbol(this.#token, symbol);
    if (taken) this.#at += 1;
    return taken;
  }

  #expectSymbol(symbol: string, alsoExpected: readonly string[] = []): boolean {
    if (this.#takeSymbol(symbol)) return true;
    this.#unexpected([symbol, ...alsoExpected]);
    return false;
  }

  #unexpected(expected: readonly string[]): null {
    const token = this.#token;
    const found = token.type === 'end' ? 'the query ends here' : `${JSON.stringify(token.text)} stands here`;
    const instead = expected.length === 0 ? 'Nothing more was expected' : `Expected ${expected.join(' ')}`;
    return this.#fail(`${instead}, but ${found}.`, token, expected);
  }

  #fail(message: string, at: Token = this.#token, expected: readonly string[] = []): null {
    const near = at.type === 'name' ? nearest(at.text, expected) : null;
    return this.#reject({ message, from: at.from, to: at.to, expected, nearest: near });
  }

  #reject(error: QueryError): null {
    this.error = error;
    return null;
  }
}

/** Of what a condition or its negation is about. */
function isAboutTrace(condition: Expression<Condition>): boolean {
  if (isNot<Condition>(condition)) return isAboutTrace(condition.operand);
  return isJoined<Condition>(condition) ? condition.operands.every(isAboutTrace) : condition.field.type === 'trace';
}

function isSymbol(token: Token, symbol: string): boolean {
  return token.type === 'symbol' && token.text === symbol;
}
