/** The search part of a URL as plain text: `?from=now-1h&service=cart`. */
export type RawSearch = Record<string, unknown>;

export function parseSearch(text: string): RawSearch {
  return Object.fromEntries(new URLSearchParams(text));
}

export function stringifySearch(search: RawSearch): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value !== undefined && value !== null && value !== '') params.set(name, asText(value));
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The text of a parameter; undefined where it is missing. */
export function textOf(raw: RawSearch, name: string): string | undefined {
  const value = raw[name];
  return value === undefined || value === null || value === '' ? undefined : asText(value);
}

/** One of some words; undefined where it is none of them. */
export function oneOf<Word extends string>(raw: RawSearch, name: string, words: readonly Word[]): Word | undefined {
  return words.find((word) => word === raw[name]);
}

/** A whole number from 0 up. */
export function countOf(raw: RawSearch, name: string): number | undefined {
  const value = Number(textOf(raw, name) ?? Number.NaN);
  return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

export function flagOf(raw: RawSearch, name: string): true | undefined {
  return textOf(raw, name) === 'true' ? true : undefined;
}

/** Leaves out what is undefined, as exact optional properties ask. */
export function defined<T extends object>(params: { readonly [Key in keyof T]: T[Key] | undefined }): T {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined)) as T;
}

/** The window of a page: RFC 3339 or relative, as the API takes it; the last hour where it is missing. */
export interface RangeParams {
  readonly from?: string;
  readonly to?: string;
}

export function rangeOf(raw: RawSearch): RangeParams {
  return defined<RangeParams>({ from: textOf(raw, 'from'), to: textOf(raw, 'to') });
}

export const defaultRange = { from: 'now-1h', to: 'now' } as const;

/** The same parameters but for some. */
export function without<Params extends object, Name extends keyof Params>(
  params: Params,
  ...names: readonly Name[]
): Omit<Params, Name> {
  return Object.fromEntries(Object.entries(params).filter(([name]) => !names.includes(name as Name))) as Omit<
    Params,
    Name
  >;
}
