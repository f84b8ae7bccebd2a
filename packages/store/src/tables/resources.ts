import type { Origin } from '@spanloom/span';
import { nativeBlock } from '../native/block.ts';
import type { NativeColumn } from '../native/block.ts';
import { byteStrings, fixedStrings, lowCardinality, strings, textMaps } from '../native/columns.ts';
import type { Batch } from '../port.ts';
import { originId } from '../span-bytes/origin.ts';
import { attributeTexts, textField } from '../span-bytes/texts.ts';
import { noTraceId } from './figures.ts';
import { markerRow, withMarker } from './marked.ts';
import { markerColumns, tableTail } from './options.ts';
import type { TableOptions } from './options.ts';
import { eachRow } from './span-columns.ts';
import { dataTableOf } from './table.ts';
import type { Table } from './table.ts';

const dataTable = dataTableOf('resources');

/** Each distinct pair of resource and instrumentation scope once a day: spans refer to it by id. */
export const resources: Table = { name: 'resources', dataTable, keeps: 'traces', create, onceADay, block };

function create(options: TableOptions): string[] {
  return [
    `CREATE TABLE IF NOT EXISTS ${dataTable} (
  ${markerColumns},
  marker_b UInt64 CODEC(ZSTD(1)),
  id FixedString(16),
  environment LowCardinality(String),
  namespace LowCardinality(String),
  service LowCardinality(String),
  resource String CODEC(ZSTD(1)),
  resource_schema_url String CODEC(ZSTD(1)),
  scope String CODEC(ZSTD(1)),
  scope_schema_url String CODEC(ZSTD(1)),
  scope_name LowCardinality(String),
  scope_version LowCardinality(String),
  attributes Map(LowCardinality(String), String) CODEC(ZSTD(1))
)
${tableTail(dataTable, options, { keeps: 'traces', family: 'ReplacingMergeTree', version: 'marker_b', orderBy: 'marker, id' })}`,
    `CREATE OR REPLACE VIEW resources AS
SELECT day, id, environment, namespace, service, attributes, scope_name, scope_version,
  resource_schema_url, scope_schema_url
FROM ${dataTable}
WHERE marker = ''
LIMIT 1 BY day, id`,
  ];
}

function onceADay(batch: Batch): string[] {
  return Array.from(originsOf(batch), originId);
}

function block(batch: Batch): Uint8Array {
  const origins = [...originsOf(batch)];
  const rows = origins.length;
  const text = (name: string, value: (origin: Origin) => string): NativeColumn =>
    lowCardinality(name, withMarker(origins.map(value), ''));
  const nothing = new Uint8Array(0);
  return nativeBlock(rows + 1, [
    ...markerRow(batch.id, rows),
    fixedStrings(
      'id',
      16,
      withMarker(
        origins.map((origin) => Buffer.from(originId(origin), 'hex')),
        noTraceId,
      ),
    ),
    text('environment', (origin) => origin.service.environment),
    text('namespace', (origin) => origin.service.namespace),
    text('service', (origin) => origin.service.name),
    byteStrings(
      'resource',
      withMarker(
        origins.map((origin) => origin.resource),
        nothing,
      ),
    ),
    strings(
      'resource_schema_url',
      withMarker(
        origins.map((origin) => origin.resourceSchemaUrl),
        '',
      ),
    ),
    byteStrings(
      'scope',
      withMarker(
        origins.map((origin) => origin.scope),
        nothing,
      ),
    ),
    strings(
      'scope_schema_url',
      withMarker(
        origins.map((origin) => origin.scopeSchemaUrl),
        '',
      ),
    ),
    // `Resource.attributes` is field 1; `InstrumentationScope.name` and `version` are 1 and 2.
    text('scope_name', (origin) => textField(origin.scope, 1)),
    text('scope_version', (origin) => textField(origin.scope, 2)),
    textMaps(
      'attributes',
      withMarker(
        origins.map((origin) => attributeTexts(origin.resource, 1)),
        [],
      ),
    ),
  ]);
}

/** Those that the batch's own rows have: its table also holds earlier spans, read for corrections. */
function originsOf(batch: Batch): Set<Origin> {
  const table = batch.spans;
  const used = new Set<Origin>();
  for (const fragment of batch.fragments) {
    eachRow(fragment, (row) => {
      const origin = table.origins.values[table.origin[row] ?? -1];
      if (origin !== undefined) used.add(origin);
    });
  }
  return used;
}
