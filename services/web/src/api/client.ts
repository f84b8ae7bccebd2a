import { basePath } from '../base.ts';
import type { Answers, Paths } from './answers.ts';

/** What the API said that it cannot do, or that it could not be reached (`status` 0). */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  readonly status: number;
  readonly code: string;
  /** The parameter at fault. */
  readonly parameter: string | null;
  /** Of an `invalid_query`: which part of the parameter, in UTF-16 units, and what could stand there. */
  readonly part: { readonly from: number; readonly to: number } | null;
  readonly nearest: string | null;
  /** Of a trace that is not there: what is known of it, and for how many days traces are kept. */
  readonly reason: string | null;
  readonly retentionDays: number | null;

  constructor(status: number, error: ApiErrorBody) {
    super(error.message);
    this.status = status;
    this.code = error.code;
    this.parameter = error.parameter ?? null;
    this.part = error.from === undefined ? null : { from: error.from, to: error.to ?? error.from };
    this.nearest = error.nearest ?? null;
    this.reason = error.reason ?? null;
    this.retentionDays = error.retentionDays ?? null;
  }
}

interface ApiErrorBody {
  readonly code: string;
  readonly message: string;
  readonly parameter?: string | null;
  readonly from?: number;
  readonly to?: number;
  readonly nearest?: string | null;
  readonly reason?: string;
  readonly retentionDays?: number;
}

export type ParamValue = string | number | boolean | undefined;

export interface GetOptions {
  /** Of the query; `undefined` is left out. */
  readonly params?: Readonly<Record<string, ParamValue>>;
  /** For the `{name}` parts of the path. */
  readonly path?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** The URL of a route of `/api/v1`, such as `traces/{id}`. */
export function apiUrl(route: Paths, { params = {}, path = {} }: GetOptions = {}): string {
  const filled = route.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ''));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value !== undefined) query.set(name, String(value));
  const text = query.toString();
  return `${basePath}api/v1/${filled}${text === '' ? '' : `?${text}`}`;
}

/** Resolves with the answer of a route of `/api/v1`. Rejects with an {@link ApiFailure}. */
export async function get<Route extends keyof Answers>(
  route: Route,
  options: GetOptions = {},
): Promise<Answers[Route]> {
  return (await getJson(apiUrl(route, options), options.signal)) as Answers[Route];
}

/** Resolves with whatever JSON is at a URL of this server. Rejects with an {@link ApiFailure}. */
export async function getJson(url: string, signal?: AbortSignal): Promise<unknown> {
  const response = await fetch(url, signal === undefined ? {} : { signal }).catch((error: unknown) => {
    if (signal?.aborted === true) throw error;
    throw new ApiFailure(0, { code: 'unreachable', message: 'Spanloom does not answer.' });
  });
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body;
  const error = (body as { error?: ApiErrorBody } | null)?.error;
  throw new ApiFailure(response.status, error ?? { code: 'http', message: `Status ${response.status}.` });
}
