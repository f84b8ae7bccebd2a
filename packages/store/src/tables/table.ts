import type { Batch, BatchId, BatchTable } from '../port.ts';
import type { Kept, TableOptions } from './options.ts';

/** A table that the sink writes: how it is made, and what a batch puts into it. */
export interface Table {
  readonly name: BatchTable;
  /** Where the rows and their markers are; people read the view of the table's name instead. */
  readonly dataTable: string;
  readonly keeps: Kept;
  /** Statements that make the table and its view; they change nothing where these are. */
  create(options: TableOptions): readonly string[];
  /**
   * Keys of the rows of a batch, where rows of one key are the same whoever inserts them and one a day suffices.
   * Such a table need not hold every batch.
   */
  readonly onceADay?: (batch: Batch) => readonly string[];
  /** The rows of a batch and its marker as one block in Native format. */
  block(batch: Batch): Uint8Array;
}

/** Name of the table behind the view `table`. */
export function dataTableOf(table: BatchTable): string {
  return `${table}_data`;
}

/** What stands in the column `marker` of the row that proves a batch. */
export function markerOf(id: Pick<BatchId, 'stream' | 'partition'>): string {
  return `${id.stream}/${id.partition}`;
}

/** Unix day of a batch: the ClickHouse partition of all its rows. */
export function dayOf(id: Pick<BatchId, 'appendTimeMs'>): number {
  return Math.floor(id.appendTimeMs / 86_400_000);
}
