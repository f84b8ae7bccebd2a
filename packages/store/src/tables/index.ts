import type { BatchTable } from '../port.ts';
import { edgesMinute } from './edges-minute.ts';
import { fragments } from './fragments.ts';
import { operationsMinute } from './operations-minute.ts';
import { resources } from './resources.ts';
import { spans } from './spans.ts';
import type { Table } from './table.ts';

/** The tables that a batch is written to. */
export const tables: Readonly<Record<BatchTable, Table>> = {
  resources,
  spans,
  fragments,
  edges_minute: edgesMinute,
  operations_minute: operationsMinute,
};
