import { type RawSearch, defined, oneOf, textOf } from '../app/search-params.ts';

export const statuses = ['running', 'done', 'failed'] as const;
export type Status = (typeof statuses)[number];

export interface RollupsParams {
  /** Only this rollup, and its newest result. */
  readonly name?: string;
  readonly status?: Status;
}

/** What is to be another; undefined: all. */
export type Changes = { readonly [Name in keyof RollupsParams]?: RollupsParams[Name] | undefined };

export function rollupsParams(raw: RawSearch): RollupsParams {
  return defined<RollupsParams>({ name: textOf(raw, 'name'), status: oneOf(raw, 'status', statuses) });
}
