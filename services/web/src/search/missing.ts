import type { Answers } from '../api/answers.ts';

interface Missing {
  readonly count: number;
  /** One whose parent never came: `checkout POST /order`. */
  readonly child: string;
}

interface ResourceSpans {
  readonly resource?: { readonly attributes?: readonly Attribute[] };
  readonly scopeSpans?: readonly {
    readonly spans?: readonly { readonly name?: string; readonly parentSpanId?: string }[];
  }[];
}

interface Attribute {
  readonly key: string;
  readonly value?: { readonly stringValue?: string };
}

/** What of a trace never came; null where no parent is missing. */
export function missingOf({
  missingCount,
  missingParents,
  trace,
}: Pick<Answers['traces/{id}'], 'missingCount' | 'missingParents' | 'trace'>): Missing | null {
  if (missingCount === 0) return null;
  const lost = new Set(missingParents);
  for (const { resource, scopeSpans = [] } of trace.resourceSpans as readonly ResourceSpans[]) {
    const orphan = scopeSpans
      .flatMap(({ spans = [] }) => spans)
      .find(({ parentSpanId }) => lost.has(parentSpanId ?? ''));
    if (orphan === undefined) continue;
    const service = resource?.attributes?.find(({ key }) => key === 'service.name')?.value?.stringValue ?? '';
    return { count: missingCount, child: `${service} ${orphan.name ?? ''}`.trim() };
  }
  return { count: missingCount, child: missingParents[0] ?? '' };
}
