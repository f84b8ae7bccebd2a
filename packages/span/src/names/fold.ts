import type { SpanTable } from '../table.ts';
import { PeerKind } from '../table.ts';

/** Stands for the operations or peers of a service beyond the limit. */
export const otherName = '(other)';

/** How many distinct names one service may bring in one batch. */
export interface NameLimits {
  /** Default 500. */
  readonly maxOperations: number;
  /** Default 200. */
  readonly maxPeers: number;
}

export const defaultNameLimits: NameLimits = { maxOperations: 500, maxPeers: 200 };

/** A service that had more names than the limit: how many spans were folded, and some of the names. */
export interface FoldedNames {
  /** Index into the table's `services.values`. */
  readonly service: number;
  readonly column: 'operation' | 'peer';
  readonly spans: number;
  /** At most {@link maxFoldSamples} distinct names that were folded, in log order. */
  readonly samples: readonly string[];
}

/** How many folded names are kept for people to see. */
export const maxFoldSamples = 5;

/** Bounds the names in one batch. */
export interface NameFold {
  /**
   * Rewrites `operation` and `peer` of rows `from` to `to` (exclusive). Call it in log order: names
   * beyond the limit become `(other)`, those that came before stay.
   */
  fold(from: number, to: number): void;
  /** What has been folded so far. */
  folded(): readonly FoldedNames[];
}

/** A fold for one batch, whose spans are in `table`. */
export function createNameFold(table: SpanTable, limits: NameLimits = defaultNameLimits): NameFold {
  const operations = columnFold(table, 'operation', limits.maxOperations);
  const peers = columnFold(table, 'peer', limits.maxPeers);
  return {
    fold(from, to): void {
      for (let row = from; row < to; row += 1) {
        operations.foldRow(row);
        if (table.peerKind[row] !== PeerKind.none) peers.foldRow(row);
      }
    },
    folded: () => [...operations.folded(), ...peers.folded()],
  };
}

interface ServiceNames {
  readonly known: Set<number>;
  spans: number;
  readonly samples: Set<string>;
}

interface ColumnFold {
  foldRow(row: number): void;
  folded(): FoldedNames[];
}

function columnFold(table: SpanTable, column: 'operation' | 'peer', limit: number): ColumnFold {
  const services: Map<number, ServiceNames> = new Map();
  const other = table.strings.id(otherName, () => otherName);

  function namesOf(service: number): ServiceNames {
    const known = services.get(service);
    if (known !== undefined) return known;
    const made = { known: new Set<number>(), spans: 0, samples: new Set<string>() };
    services.set(service, made);
    return made;
  }

  return {
    foldRow(row): void {
      const values = table[column];
      const name = values[row] ?? 0;
      const names = namesOf(table.service[row] ?? 0);
      if (name === other || names.known.has(name)) return;
      if (names.known.size < limit) {
        names.known.add(name);
        return;
      }
      values[row] = other;
      names.spans += 1;
      if (names.samples.size < maxFoldSamples) names.samples.add(table.strings.values[name] ?? '');
    },
    folded: () =>
      Array.from(services).flatMap(([service, { spans, samples }]) =>
        spans === 0 ? [] : [{ service, column, spans, samples: Array.from(samples) }],
      ),
  };
}
