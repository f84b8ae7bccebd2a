import { type RawSearch, countOf, defined, flagOf, oneOf, textOf } from '../app/search-params.ts';
import { type FoundParams, foundOf } from '../search/found.ts';
import { type OperationSort, operationSorts } from './model/figures.ts';

export const views = ['waterfall', 'flame', 'operations', 'parts', 'json'] as const;
export type View = (typeof views)[number];

/** All that the page shows of a trace: what is not here, a link would not carry. */
export interface TraceParams extends FoundParams {
  /** The waterfall where it is missing. */
  readonly view?: View;
  /** The selected span, by its key. */
  readonly span?: string;
  /** Its details are open. */
  readonly details?: true;
  /** How wide they are, in pixels. */
  readonly panel?: number;
  /** What is shown of the time, in milliseconds from its start: `12.5~40`. */
  readonly zoom?: string;
  /** All spans, or the critical path and errors; without it as many as the trace has. */
  readonly rows?: 'all' | 'main';
  readonly collapsed?: readonly string[];
  /** Folds and left out children that are shown. */
  readonly opened?: readonly string[];
  /** Only this and what is below it. */
  readonly focus?: string;
  readonly find?: string;
  readonly clock?: 'corrected';
  readonly critical?: 'off';
  /** Attributes that are columns. */
  readonly pins?: readonly string[];
  /** Of the attributes in the details. */
  readonly filter?: string;
  /** Attributes of the details that are shown in full, however long. */
  readonly full?: readonly string[];
  readonly sort?: OperationSort;
  /** The first trace of somebody who looked at those of the demo before, and is offered to hide them. */
  readonly first?: true;
  /** It was opened from a file, which this browser tab holds. */
  readonly file?: true;
}

export function traceParams(raw: RawSearch): TraceParams {
  return {
    ...foundOf(raw),
    ...defined<TraceParams>({
      view: oneOf(raw, 'view', views.slice(1)),
      span: textOf(raw, 'span'),
      details: flagOf(raw, 'details'),
      panel: countOf(raw, 'panel'),
      zoom: textOf(raw, 'zoom'),
      rows: oneOf(raw, 'rows', ['all', 'main'] as const),
      collapsed: listOf(raw, 'collapsed'),
      opened: listOf(raw, 'opened'),
      focus: textOf(raw, 'focus'),
      find: textOf(raw, 'find'),
      clock: oneOf(raw, 'clock', ['corrected'] as const),
      critical: oneOf(raw, 'critical', ['off'] as const),
      pins: listOf(raw, 'pins'),
      filter: textOf(raw, 'filter'),
      full: listOf(raw, 'full'),
      sort: oneOf(raw, 'sort', operationSorts),
      first: flagOf(raw, 'first'),
      file: flagOf(raw, 'file'),
    }),
  };
}

/** A list as it stands in the URL: texts of its own syntax may hold commas, so it is JSON then. */
function listOf(raw: RawSearch, name: string): readonly string[] | undefined {
  const value = raw[name];
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(String);
  if (typeof value !== 'string' || value === '') return undefined;
  try {
    const list: unknown = JSON.parse(value);
    if (Array.isArray(list)) return list.map(String);
  } catch {
    return value.split(',');
  }
  return [value];
}

/** What is shown of the time, from and to in milliseconds. */
export interface Zoom {
  readonly fromMs: number;
  readonly toMs: number;
}

export function zoomOf(text: string | undefined): Zoom | null {
  const [from, to] = (text ?? '').split('~').map(Number);
  return from !== undefined && to !== undefined && from < to ? { fromMs: from, toMs: to } : null;
}

export function zoomText({ fromMs, toMs }: Zoom): string {
  const digits = (ms: number) => String(Number(ms.toFixed(6)));
  return `${digits(fromMs)}~${digits(toMs)}`;
}
