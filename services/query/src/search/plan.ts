/** How a query is asked of the store: what narrows down the traces at once, and what is asked of each. */
import { spansWhere, traceIdsIn, traceIdsWhere, type SearchWindow } from '@spanloom/store';
import type { TraceId } from '@spanloom/span';
import { anySpan, isJoined, isNot, joined } from './ast.ts';
import type { Condition, Expression, SpanChain, SpanFilter, TraceFilter } from './ast.ts';
import { Binder } from './binder.ts';
import { longestSql } from './longest.ts';
import { expressionSql, spanSql } from './span-sql.ts';
import { traceSql } from './trace-sql.ts';

export interface SearchPlan {
  /** Conditions on `trace_id` that every found trace meets. */
  readonly where: readonly string[];
  /** What each trace is asked beside, over the columns of a trace; `1` where nothing is. */
  readonly having: string;
  /** Of a found trace, the spans that the query is about. */
  readonly spans: string;
  readonly parameters: Binder['parameters'];
}

/** What a chain asks of the store: traces in which each filter is met by some span, and which spans meet which. */
export interface ChainPlan {
  readonly chain: SpanChain;
  readonly where: readonly string[];
  readonly filters: readonly string[];
  readonly parameters: Binder['parameters'];
}

/** What of a search does not stand in its query. */
export interface SearchScope {
  readonly window: SearchWindow;
  /** Only these traces; null for all. */
  readonly within: readonly TraceId[] | null;
  /** All fragments tell of their longest spans. */
  readonly byLongest: boolean;
}

/** Chains whose spans have to be looked at one by one, each once. */
export function chainPlans(query: TraceFilter, scope: SearchScope): ChainPlan[] {
  const inScope = scope.within === null ? [] : [traceIdsIn(scope.within)];
  return chainsOf(query)
    .filter((chain) => chain.filters.length > 1)
    .map((chain) => {
      const binder = new Binder();
      const filters = chain.filters.map((filter) => compiled(filter, binder));
      const where = chain.filters.map((filter) => hasSpan(filter, binder, scope)).filter((sql) => sql !== '1');
      return { chain, where: [...inScope, ...where], filters, parameters: binder.parameters };
    });
}

/** `found` has the traces of each chain of more than one filter. */
export function planOf(
  query: TraceFilter,
  scope: SearchScope,
  found: ReadonlyMap<SpanChain, readonly TraceId[]>,
): SearchPlan {
  const binder = new Binder();
  const where: string[] = scope.within === null ? [] : [traceIdsIn(scope.within)];
  const having: string[] = [];
  const leafSql = (leaf: Condition | SpanChain): string => {
    if (leaf.type !== 'spans') return traceSql(leaf, binder);
    const traceIds = found.get(leaf);
    if (traceIds !== undefined) return traceIdsIn(traceIds);
    return hasSpan(leaf.filters[0] ?? anySpan, binder, scope);
  };
  for (const part of partsOf(query)) {
    const sql = expressionSql(part, leafSql);
    if (sql !== '1') (isAboutIds(part) ? where : having).push(sql);
  }
  const about = positiveFilters(query).map((filter) => compiled(filter, binder));
  return {
    where,
    having: having.length === 0 ? '1' : having.join(' AND '),
    spans: about.length === 0 || about.includes('1') ? '1' : `(${about.join(' OR ')})`,
    parameters: binder.parameters,
  };
}

/** The condition on `trace_id` that some span of the trace meets the filter; `1` where every trace has one. */
function hasSpan(filter: SpanFilter, binder: Binder, { window, within, byLongest }: SearchScope): string {
  const inScope = within === null ? [] : [traceIdsIn(within)];
  const longest = byLongest ? longestSql(filter, binder, inScope) : null;
  if (longest?.exact === true) return longest.sql;
  const sql = compiled(filter, binder);
  if (sql === '1') return '1';
  return spansWhere([...(longest === null ? inScope : [longest.sql]), sql], window);
}

function compiled(filter: SpanFilter, binder: Binder): string {
  return spanSql(filter, binder, (condition) => traceIdsWhere(traceSql(condition, binder)));
}

/** What all has to hold: operands of the outermost `and`, with conditions on the trace taken out of the one set of a chain. */
function partsOf(query: TraceFilter): TraceFilter[] {
  if (isJoined<Condition | SpanChain>(query)) {
    return query.type === 'and' ? query.operands.flatMap(partsOf) : [query];
  }
  if (query.type !== 'spans' || query.filters.length > 1) return [query];
  const [filter = anySpan] = query.filters;
  if (filter.type === 'any') return [query];
  const operands = operandsOf(filter);
  const ofTrace = operands.filter(isAboutTrace);
  const ofSpan = operands.filter((operand) => !isAboutTrace(operand));
  if (ofSpan.length === 0) return ofTrace;
  return [...ofTrace, { type: 'spans', filters: [joined('and', ofSpan)] }];
}

function isAboutTrace(filter: Expression<Condition>): boolean {
  if (isNot<Condition>(filter)) return isAboutTrace(filter.operand);
  if (isJoined<Condition>(filter)) return filter.operands.every(isAboutTrace);
  return filter.field.type === 'trace';
}

/** Whether it asks for the id of the trace alone, so that it can be asked before fragments are summed up. */
function isAboutIds(query: TraceFilter): boolean {
  if (isNot<Condition | SpanChain>(query)) return isAboutIds(query.operand);
  if (isJoined<Condition | SpanChain>(query)) return query.operands.every(isAboutIds);
  return query.type === 'spans';
}

function chainsOf(query: TraceFilter): SpanChain[] {
  if (isNot<Condition | SpanChain>(query)) return chainsOf(query.operand);
  if (isJoined<Condition | SpanChain>(query)) return query.operands.flatMap(chainsOf);
  return query.type === 'spans' ? [query] : [];
}

/** The last filter of each chain that is not under a `not`, without what it asks of the trace. */
function positiveFilters(query: TraceFilter): SpanFilter[] {
  if (isNot<Condition | SpanChain>(query)) return [];
  if (isJoined<Condition | SpanChain>(query)) return query.operands.flatMap(positiveFilters);
  if (query.type !== 'spans') return [];
  const last = query.filters.at(-1) ?? anySpan;
  if (last.type === 'any') return [last];
  const ofSpan = operandsOf(last).filter((operand) => !isAboutTrace(operand));
  return [ofSpan.length === 0 ? anySpan : joined('and', ofSpan)];
}

function operandsOf(filter: Expression<Condition>): readonly Expression<Condition>[] {
  return isJoined<Condition>(filter) && filter.type === 'and' ? filter.operands : [filter];
}
