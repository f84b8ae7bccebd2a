import type { TraceId } from '@spanloom/span';
import {
  chainSpans,
  knowsLongestSpans,
  maxIdsQueryBytes,
  type ReadClient,
  type SearchWindow,
  type TraceConditions,
} from '@spanloom/store';
import type { SpanChain, TraceFilter } from './ast.ts';
import { hasChain } from './chain.ts';
import { chainPlans, planOf } from './plan.ts';

/** A search that the store can be asked for, and the spans that it is about. */
export interface PreparedSearch extends TraceConditions {
  /** A condition on a span. */
  readonly spans: string;
}

/** A chain is found in more traces than a query can name. */
export class TooManyTracesError extends Error {
  override readonly name = 'TooManyTracesError';
}

/** 33 bytes of SQL each, twice in a query at most: below `maxIdsQueryBytes`. */
const maxChainTraces = 100_000;

/**
 * Makes conditions of a query. Chains are looked for here: who descends from whom is nothing that
 * the store can say. `within`: only these traces. Rejects as the client does, and with a
 * {@link TooManyTracesError}.
 */
export async function prepareSearch(
  client: ReadClient,
  query: TraceFilter,
  window: SearchWindow,
  within: readonly TraceId[] | null = null,
): Promise<PreparedSearch> {
  const scope = { window, within, byLongest: await knowsLongestSpans(client, window) };
  const found = new Map<SpanChain, readonly TraceId[]>();
  for (const { chain, where, filters, parameters } of chainPlans(query, scope)) {
    const lineages = await chainSpans(client, { ...window, where, filters, parameters });
    const traceIds = lineages.filter((each) => hasChain(each, filters.length)).map((each) => each.traceId);
    if (traceIds.length > maxChainTraces) {
      throw new TooManyTracesError(`More than ${maxChainTraces} traces have such a chain.`);
    }
    found.set(chain, traceIds);
  }
  return { ...window, ...planOf(query, scope, found) };
}

/** What a query of a prepared search needs beside the limits of all others. */
export const searchOptions: { readonly maxQueryBytes: number } = { maxQueryBytes: maxIdsQueryBytes };
