import { tokensOf, type Token } from './lexer.ts';

/** A part of a query that all it finds must meet: what stands between the `and`s, also of a set and of parentheses. */
export interface Clause {
  /** Where it stands in the query: UTF-16 units, `to` exclusive. */
  readonly from: number;
  readonly to: number;
  /** A query that asks for it alone. */
  readonly alone: string;
  /** The query without it. */
  readonly without: string;
}

/** The clauses of a query that can be parsed, in their order. */
export function clausesOf(query: string): Clause[] {
  const tokens = tokensOf(query);
  if (!tokens.ok) return [];
  const all = tokens.value.filter((token) => token.type !== 'end');
  if (all.length === 0) return [];
  return clausesIn(all, false).map(({ from, to, inSet, cutFrom, cutTo }) => {
    const text = query.slice(from, to);
    return {
      from,
      to,
      alone: inSet ? `{${text}}` : text,
      without: (query.slice(0, cutFrom) + query.slice(cutTo)).trim(),
    };
  });
}

/** A clause, and what goes when it is dropped: with it, an `and` beside it. */
interface Part {
  readonly from: number;
  readonly to: number;
  readonly inSet: boolean;
  readonly cutFrom: number;
  readonly cutTo: number;
}

/** Of tokens that are an expression; there is at least one. */
function clausesIn(tokens: readonly Token[], inSet: boolean): Part[] {
  const operands = operandsOf(tokens);
  return operands.flatMap((operand, at) => {
    const { from, to } = rangeOf(operand);
    const [before, after] = [operands[at - 1], operands[at + 1]];
    const cutFrom = before === undefined ? from : rangeOf(before).to;
    const cutTo = before === undefined && after !== undefined ? rangeOf(after).from : to;
    const inner = innerOf(operand).flatMap(({ content, isSet }) =>
      content.length === 0 ? [] : clausesIn(content, inSet || isSet),
    );
    return isDivided(operand, inner.length) ? inner : [{ from, to, inSet, cutFrom, cutTo }];
  });
}

/** One clause in parentheses or braces is shown with them; of a chain each set is a clause. */
function isDivided(operand: readonly Token[], clauses: number): boolean {
  return clauses > 1 || (clauses === 1 && atTop(operand).some((token) => isSymbol(token, '>>')));
}

/** What stands between the `and`s; everything where an `or` stands beside them. */
function operandsOf(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const top = atTop(tokens);
  if (top.some((token) => isWord(token, 'or'))) return [tokens];
  const operands: Token[][] = [[]];
  for (const token of tokens) {
    if (isWord(token, 'and') && top.includes(token)) operands.push([]);
    else operands.at(-1)?.push(token);
  }
  return operands;
}

/** The contents of an operand that is a pair of parentheses, or a chain of sets; nothing of any other. */
function innerOf(operand: readonly Token[]): { readonly content: readonly Token[]; readonly isSet: boolean }[] {
  const [first] = operand;
  if (first === undefined || !(isSymbol(first, '(') || isSymbol(first, '{'))) return [];
  const found: { content: Token[]; isSet: boolean }[] = [];
  let depth = 0;
  for (const token of operand) {
    if (closes(token)) depth -= 1;
    if (depth > 0) found.at(-1)?.content.push(token);
    else if (opens(token)) found.push({ content: [], isSet: token.text === '{' });
    if (opens(token)) depth += 1;
  }
  return found;
}

/** Tokens outside all parentheses and braces, those included that open and close them. */
function atTop(tokens: readonly Token[]): Token[] {
  let depth = 0;
  return tokens.filter((token) => {
    if (closes(token)) depth -= 1;
    const isTop = depth === 0;
    if (opens(token)) depth += 1;
    return isTop;
  });
}

function rangeOf(tokens: readonly Token[]): { readonly from: number; readonly to: number } {
  return { from: tokens[0]?.from ?? 0, to: tokens.at(-1)?.to ?? 0 };
}

function opens(token: Token): boolean {
  return isSymbol(token, '(') || isSymbol(token, '{');
}

function closes(token: Token): boolean {
  return isSymbol(token, ')') || isSymbol(token, '}');
}

function isSymbol(token: Token, symbol: string): boolean {
  return token.type === 'symbol' && token.text === symbol;
}

/** Keywords are no values: as a text they stand in quotes. */
function isWord(token: Token, word: string): boolean {
  return token.type === 'name' && token.text.toLowerCase() === word;
}
