import { type Token, tokensOf, valueText } from './tokens.ts';

/** What could be written where the caret stands. */
export interface Completing {
  readonly want: 'field' | 'operator' | 'value' | 'joiner';
  /** The part of the query that an accepted proposal takes the place of. */
  readonly from: number;
  readonly to: number;
  /** What of it is written before the caret. */
  readonly typed: string;
  /** Whose operator or value. */
  readonly field: string;
  /** Whether a set in braces has just ended: another may descend from it. */
  readonly afterSet: boolean;
}

interface State {
  readonly want: Completing['want'];
  readonly field: string;
  readonly inList: boolean;
  readonly exists: boolean;
  readonly afterSet: boolean;
}

const start: State = { want: 'field', field: '', inList: false, exists: false, afterSet: false };

export function completingAt(query: string, caret: number): Completing {
  const tokens = tokensOf(query);
  const current = tokens.find((token) => token.from < caret && caret <= token.to && isUnfinished(token, caret));
  const before = tokens.filter((token) => token.to <= caret && token !== current);
  const { want, field, afterSet } = before.reduce<State>(next, start);
  const from = current?.from ?? caret;
  return {
    want,
    field,
    afterSet,
    from,
    to: current?.to ?? caret,
    typed: query.slice(from, caret).replace(/^"/, ''),
  };
}

/** A text that is closed is finished; a name goes on as long as the caret stands at its end. */
function isUnfinished({ type, text, to }: Token, caret: number): boolean {
  if (type === 'symbol') return false;
  return type !== 'text' || caret < to || !/^"(?:[^"\\]|\\.)*"$/s.test(text);
}

function next(state: State, { type, text }: Token): State {
  const word = type === 'name' ? text.toLowerCase() : '';
  if (text === '{' || (text === '(' && !state.inList)) return start;
  switch (state.want) {
    case 'field':
      if (word === 'not') return state;
      if (word === 'exists') return { ...state, exists: true };
      return { ...state, want: state.exists ? 'joiner' : 'operator', field: text, exists: false };
    case 'operator':
      // A key in quotes, behind its scope.
      if (type === 'text') return { ...state, field: state.field + text };
      if (word === 'not') return state;
      return { ...state, want: 'value', inList: word === 'in' };
    case 'value':
      if (text === '(') return state;
      return { ...state, want: 'joiner' };
    case 'joiner':
      if (state.inList && text === ',') return { ...state, want: 'value' };
      if (word === 'and' || word === 'or' || text === '>>') return start;
      return { ...state, inList: false, afterSet: text === '}' };
  }
}

export type FieldType = 'text' | 'choice' | 'duration' | 'number' | 'attribute';

const equal = ['=', '!='];
const ordered = ['>=', '>', '<=', '<'];
const lists = ['in (', 'not in ('];
const operators: Readonly<Record<FieldType, readonly string[]>> = {
  text: [...equal, '~', ...lists],
  choice: [...equal, ...lists],
  duration: [...ordered, ...equal, ...lists],
  number: [...equal, ...ordered, ...lists],
  attribute: [...equal, ...ordered, '~', ...lists],
};

/** Something to put into the query, and what it is. */
export interface Proposal {
  readonly text: string;
  readonly help: string;
}

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly help?: string;
}

const maxProposals = 12;

/** Proposals in the order of the API, those that begin with what is typed first. */
export function proposals(
  { want, field, typed, afterSet }: Completing,
  fields: readonly Field[],
  values: readonly string[],
): readonly Proposal[] {
  const type = fields.find(({ name }) => name === field)?.type ?? 'attribute';
  switch (want) {
    case 'field':
      return matching(
        [
          ...fields.map(({ name, help = '' }) => ({ text: name, help })),
          ...['not', 'exists'].map((text) => ({ text, help: '' })),
        ],
        typed,
      );
    case 'operator':
      return matching(
        operators[type].map((text) => ({ text, help: '' })),
        typed,
      );
    case 'value':
      return matching(
        (type === 'duration' ? ['10ms', '100ms', '500ms', '1s', '10s'] : values).map((value) => ({
          text: type === 'duration' ? value : valueText(value),
          help: '',
        })),
        typed,
      );
    case 'joiner':
      return matching(
        [...(afterSet ? ['>>'] : []), 'and', 'or'].map((text) => ({ text, help: '' })),
        typed,
      );
  }
}

function matching(all: readonly Proposal[], typed: string): readonly Proposal[] {
  const wanted = typed.toLowerCase();
  const plain = (text: string) => text.toLowerCase().replace(/^"/, '');
  const some = all.filter(({ text }) => plain(text).includes(wanted) && plain(text) !== wanted);
  const starts = some.filter(({ text }) => plain(text).startsWith(wanted));
  return [...starts, ...some.filter((each) => !starts.includes(each))].slice(0, maxProposals);
}

/** The query with a proposal in its place, and where the caret stands then. */
export function accepted(
  query: string,
  { from, to }: Completing,
  { text }: Proposal,
): { readonly query: string; readonly caret: number } {
  const after = query.slice(to);
  const space = text.endsWith('(') || after.startsWith(' ') ? '' : ' ';
  const before = query.slice(0, from);
  return {
    query: `${before}${text}${space}${after}`,
    caret: before.length + text.length + (space === '' ? (text.endsWith('(') ? 0 : 1) : 1),
  };
}
