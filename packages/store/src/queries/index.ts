export { services } from './services.ts';
export { operations } from './operations.ts';
export type { Operation } from './operations.ts';
export { KnownOrigins } from './origins.ts';
export { traceById, tracesByIds } from './trace-by-id.ts';
export type { StoredTrace } from './trace-by-id.ts';
export type { FragmentInfo } from './fragment-info.ts';
export { traceOperations } from './trace-operations.ts';
export type { TraceOperation } from './trace-operations.ts';
export { traceTraces } from './trace-traces.ts';
export type { TraceTraces } from './trace-traces.ts';
export { fragmentFigures } from './fragment-figures.ts';
export type { FragmentFigures, FragmentFiguresQuery } from './fragment-figures.ts';
export { findTraces } from './find-traces.ts';
export type { FindTracesQuery } from './find-traces.ts';
export { recentTraces } from './recent-traces.ts';
export type { RecentTracesQuery } from './recent-traces.ts';
export type { TraceSummary } from './trace-summary.ts';
export { traceSummaries } from './trace-summaries.ts';
export { tracePage, traceIdsOf } from './trace-page.ts';
export type { TraceConditions, TracePage, TracePageQuery, TracePlace, TraceSort } from './trace-page.ts';
export { hasPair } from '../tables/attribute-pairs.ts';
export { knowsLongestSpans, longestWhere } from './longest-where.ts';
export type { LongestQuery } from './longest-where.ts';
export { longestKnownNs, operationHash } from '../tables/longest-spans.ts';
export { resourcesInDays, spansWhere, traceIdsWhere } from './search-sql.ts';
export type { SearchWindow } from './search-sql.ts';
export { chainSpans } from './chain-spans.ts';
export type { ChainSpansQuery, TraceLineage } from './chain-spans.ts';
export { spanGroups } from './span-groups.ts';
export type { GroupBy, SpanGroup, SpanGroups, SpanGroupsQuery } from './span-groups.ts';
export { matchingSpans } from './matching-spans.ts';
export type { MatchingSpan, MatchingSpansQuery } from './matching-spans.ts';
export { operationNames, spanColumnValues } from './column-samples.ts';
export type { ColumnValuesQuery } from './column-samples.ts';
export { attributeNames, attributeValues } from './attribute-samples.ts';
export type { AttributeNames, AttributeValuesQuery } from './attribute-samples.ts';
export { edgeHeatmap, operationHeatmap } from './heatmap.ts';
export type { EdgeHeatmapQuery, HeatmapColumn, HeatmapWindow, OperationHeatmapQuery } from './heatmap.ts';
export { newTraces, sinkProgress } from './new-traces.ts';
export type { NewTraces, NewTracesQuery, SinkProgress } from './new-traces.ts';
export { edges, edgesByLevel } from './edges.ts';
export type { EdgeRow, EdgesQuery } from './edges.ts';
export { localSpans } from './local-spans.ts';
export type { LocalSpans } from './local-spans.ts';
export { maxOperationsNamed, operationFigures, operationFiguresByLevel } from './operation-figures.ts';
export type { OperationFiguresQuery, OperationRow } from './operation-figures.ts';
export { linksTo } from './links-to.ts';
export type { LinkFrom } from './links-to.ts';
export { operationSeries } from './operation-series.ts';
export type { OperationMinute, OperationSeriesQuery } from './operation-series.ts';
export { positions } from './positions.ts';
export type { Position } from './positions.ts';
export { chunkCoverage, maxDoublesNamed } from './chunk-coverage.ts';
export type { ChunkCoverage, ChunkCoverageQuery } from './chunk-coverage.ts';
export { attributeShares, firstAppendOf, operationShares, serviceDays, storedDays } from './storage.ts';
export type {
  AttributeShare,
  OperationShare,
  SampledQuery,
  ServiceDay,
  StoredDay,
  StoredDaysQuery,
} from './storage.ts';
export { storeStats } from './store-stats.ts';
export type { TableStats } from './store-stats.ts';
export { completeness } from './completeness.ts';
export type { Completeness, PartitionWatermark } from './completeness.ts';
