/** What edges and operations have in common, so that one text of SQL rolls and reads both. */
export interface FiguresShape {
  readonly name: FiguresName;
  /** Columns that tell one line from another, with their types. */
  readonly key: readonly (readonly [name: string, type: string])[];
  readonly sums: readonly string[];
  /** Of {@link sums} those that the tables did not have at first. */
  readonly addedSums: readonly string[];
  readonly histograms: readonly string[];
  /** Columns of which the largest stays, with their types: exemplars. */
  readonly largest: readonly (readonly [name: string, type: string])[];
  /** Names beyond a limit become `(other)`, the least called first. See {@link FoldLimits}. */
  readonly folds: readonly Fold[];
}

export type FiguresName = 'edges' | 'operations';

/** How many names stay, by calls, of each service in each window. */
export interface FoldLimits {
  readonly maxOperations: number;
  readonly maxPeers: number;
}

/** The names in `column` of lines for which `where` holds are ranked among those with the same `of`. */
export interface Fold {
  readonly column: string;
  readonly of: string;
  /** What else tells one name from another. */
  readonly with: string;
  readonly where: string;
  readonly limit: keyof FoldLimits;
}

const text = 'LowCardinality(String)';
const server = 'server_environment, server_namespace, server_service';
const client = 'client_environment, client_namespace, client_service';

export const edgesShape: FiguresShape = {
  name: 'edges',
  key: [
    ['client_environment', text],
    ['client_namespace', text],
    ['client_service', text],
    ['server_environment', text],
    ['server_namespace', text],
    ['server_service', text],
    ['kind', text],
    ['server_operation', text],
  ],
  sums: ['calls', 'sampled_calls', 'client_errors', 'server_errors', 'unpaired'],
  addedSums: [],
  histograms: ['client_duration', 'server_duration'],
  largest: [
    ['slowest', 'Tuple(Int64, FixedString(16))'],
    ['failed', 'FixedString(16)'],
  ],
  folds: [
    { column: 'server_operation', of: server, with: "''", where: '1', limit: 'maxOperations' },
    {
      column: 'server_service',
      of: client,
      with: 'server_environment',
      // A peer that is known by name only: a database, a queue, another company.
      where: "kind != 'entry' AND server_namespace = '' AND server_operation = ''",
      limit: 'maxPeers',
    },
  ],
};

export const operationsShape: FiguresShape = {
  name: 'operations',
  key: [
    ['environment', text],
    ['namespace', text],
    ['service', text],
    ['operation', text],
    ['kind', 'UInt8'],
  ],
  sums: ['calls', 'sampled_calls', 'errors', 'origin_errors', 'self_time_ns', 'critical_path_ns', 'local_spans'],
  addedSums: ['local_spans'],
  histograms: ['duration'],
  largest: [],
  folds: [
    { column: 'operation', of: 'environment, namespace, service', with: "''", where: '1', limit: 'maxOperations' },
  ],
};

export const shapes: Readonly<Record<FiguresName, FiguresShape>> = { edges: edgesShape, operations: operationsShape };

/** A shape as its tables were made, before sums were added to them. */
export function asFirstMade(shape: FiguresShape): FiguresShape {
  return { ...shape, sums: shape.sums.filter((name) => !shape.addedSums.includes(name)) };
}

/** A level above the minutes. Its windows are whole hours or days in UTC, half-open. */
export type Level = 'hour' | 'day';
/** From the finest on. */
export const levels: readonly Level[] = ['hour', 'day'];

export const levelSeconds: Readonly<Record<Level, number>> = { hour: 3600, day: 86_400 };

/** The table of a level; people read the view without `_data`. */
export function levelTable(name: FiguresName, level: Level): string {
  return `${name}_${level}_data`;
}

/** Holds for a line that people see: not everything in it was taken back. */
export function isShown(shape: FiguresShape): string {
  return [...shape.sums.map((name) => `${name} != 0`), ...shape.histograms.map((name) => `length(${name}) > 0`)].join(
    ' OR ',
  );
}
