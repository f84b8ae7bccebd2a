/** Made by `npm run api-types` out of the OpenAPI document: change the schemas of query instead. */

export interface Answers {
  edges: EdgesAnswer;
  operations: OperationsAnswer;
  services: ServicesAnswer;
  traces: TracesAnswer;
  'traces/open': TracesOpenAnswer;
  'traces/{id}': TracesIdAnswer;
  'traces/{id}/ranks': TracesIdRanksAnswer;
  search: SearchAnswer;
  'search/clauses': SearchClausesAnswer;
  stats: StatsAnswer;
  exemplars: ExemplarsAnswer;
  heatmap: HeatmapAnswer;
  series: SeriesAnswer;
  graph: GraphAnswer;
  compare: CompareAnswer;
  fields: FieldsAnswer;
  'fields/{name}/values': FieldsNameValuesAnswer;
  settings: SettingsAnswer;
  pipeline: PipelineAnswer;
  storage: StorageAnswer;
  'rollups/runs': RollupsRunsAnswer;
  'rollups/results': RollupsResultsAnswer;
}
export interface EdgesAnswer {
  /**
   * RFC 3339, UTC.
   */
  from: string;
  /**
   * RFC 3339, UTC.
   */
  to: string;
  completeTo: string | null;
  /**
   * Partitions that `completeTo` does not count.
   */
  behind: {
    partition: number;
    streamTime: string | null;
  }[];
  /**
   * How many windows of each level the answer was read from.
   */
  levels: {
    days: number;
    hours: number;
    minutes: number;
  };
  edges: {
    client: {
      environment: string;
      namespace: string;
      name: string;
    } | null;
    server: {
      environment: string;
      namespace: string;
      name: string;
    };
    kind: string;
    operation?: string;
    calls: number;
    sampledCalls: number;
    clientErrors: number;
    serverErrors: number;
    unpaired: number;
    clientDurationMs: {
      [k: string]: number;
    } | null;
    serverDurationMs: {
      [k: string]: number;
    } | null;
  }[];
}
export interface OperationsAnswer {
  /**
   * RFC 3339, UTC.
   */
  from: string;
  /**
   * RFC 3339, UTC.
   */
  to: string;
  completeTo: string | null;
  /**
   * Partitions that `completeTo` does not count.
   */
  behind: {
    partition: number;
    streamTime: string | null;
  }[];
  /**
   * How many windows of each level the answer was read from.
   */
  levels: {
    days: number;
    hours: number;
    minutes: number;
  };
  operations: {
    service: {
      environment: string;
      namespace: string;
      name: string;
    };
    operation: string;
    kind: string;
    calls: number;
    sampledCalls: number;
    errors: number;
    originErrors: number;
    durationMs: {
      [k: string]: number;
    } | null;
    selfTimeMs: number;
    criticalPathMs: number;
  }[];
}
export interface ServicesAnswer {
  services: {
    environment: string;
    namespace: string;
    name: string;
  }[];
}
export interface TracesAnswer {
  traces: {
    traceId: string;
    root: {
      service: {
        environment: string;
        namespace: string;
        name: string;
      };
      operation: string;
    } | null;
    /**
     * RFC 3339, UTC.
     */
    startTime: string;
    durationMs: number;
    spanCount: number;
    errorCount: number;
    services: string[];
    complete: boolean;
    fragmentCount: number;
  }[];
}
export interface TracesOpenAnswer {
  /**
   * Those that something came for last, first; only what of them is open.
   */
  traces: {
    traceId: string;
    root: {
      service: {
        environment: string;
        namespace: string;
        name: string;
      };
      operation: string;
    } | null;
    services: {
      environment: string;
      namespace: string;
      name: string;
    }[];
    /**
     * RFC 3339, UTC.
     */
    startTime: string;
    spanCount: number;
    errorCount: number;
    /**
     * RFC 3339, UTC.
     */
    firstChunkAt: string;
    /**
     * RFC 3339, UTC.
     */
    lastChunkAt: string;
  }[];
  /**
   * Something else is open, or may be.
   */
  more: boolean;
}
export interface TracesIdAnswer {
  traceId: string;
  state: 'open' | 'stored';
  complete: boolean;
  remoteRoot: boolean;
  roots: number;
  missingParents: string[];
  missingCount: number;
  spanCount: number;
  duplicateSpans: number;
  partial: boolean;
  /**
   * Also where nothing expires.
   */
  kept: boolean;
  fragments: {
    partition: number;
    position: number;
    reason: string;
    part: number;
    parts: number;
    /**
     * Stored after another fragment of the trace.
     */
    late: boolean;
    lateByMs: number | null;
    unlinked: boolean;
    timeShifted: boolean;
    truncated: boolean;
    spanCount: number;
    /**
     * RFC 3339, UTC.
     */
    appendedAt: string;
  }[];
  /**
   * What the spans came with, in runs, in the order in which they stand in `trace`.
   */
  spanFragments: {
    fragment: number | null;
    spanCount: number;
  }[];
  buffered: {
    chunkCount: number;
    spanCount: number;
    /**
     * RFC 3339, UTC.
     */
    firstChunkAt: string;
    /**
     * RFC 3339, UTC.
     */
    lastChunkAt: string;
    /**
     * RFC 3339, UTC.
     */
    closesAt: string;
    closesBecause: 'complete' | 'quiet' | 'maxAge';
  } | null;
  edges: {
    client: {
      environment: string;
      namespace: string;
      name: string;
    } | null;
    server: {
      environment: string;
      namespace: string;
      name: string;
    };
    kind: string;
    operation: string;
    calls: number;
    clientErrors: number;
    serverErrors: number;
    unpaired: number;
    clientDurationMs: {
      [k: string]: number;
    } | null;
    serverDurationMs: {
      [k: string]: number;
    } | null;
  }[];
  /**
   * Spans with time on the critical path, the most first.
   */
  criticalPath: {
    spanId: string;
    kind: string;
    durationMs: number;
  }[];
  /**
   * Stored spans of other traces that link to this one, of at most 100 spans.
   */
  linkedFrom: {
    traceId: string;
    spanId: string;
    service: string;
    operation: string;
    /**
     * RFC 3339, UTC.
     */
    startTime: string;
    toSpanId: string;
  }[];
  /**
   * OTLP JSON, `TracesData`.
   */
  trace: {
    resourceSpans: {}[];
  };
}
export interface TracesIdRanksAnswer {
  /**
   * RFC 3339, UTC.
   */
  from: string;
  /**
   * RFC 3339, UTC.
   */
  to: string;
  completeTo: string | null;
  /**
   * Partitions that `completeTo` does not count.
   */
  behind: {
    partition: number;
    streamTime: string | null;
  }[];
  bucketsPerDoubling: number;
  /**
   * Those with the most spans first; at most 250.
   */
  groups: {
    service: {
      environment: string;
      namespace: string;
      name: string;
    };
    operation: string;
    kind: string;
    /**
     * Spans of this service and kind that are named so are in it.
     */
    names: string[];
    /**
     * Spans in it whose name alone would lead to another group.
     */
    spanIds: string[];
    spanCount: number;
    calls: number;
    durationMs: {
      [k: string]: number;
    } | null;
    histogram: {
      first: number;
      counts: number[];
    } | null;
  }[];
}
export interface SearchAnswer {
  /**
   * RFC 3339, UTC.
   */
  from: string;
  /**
   * RFC 3339, UTC.
   */
  to: string;
  completeTo: string | null;
  /**
   * Partitions that `completeTo` does not count.
   */
  behind: {
    partition: number;
    streamTime: string | null;
  }[];
  total: {
    count: number;
    /**
     * False: there are at least so many.
     */
    exact: boolean;
  };
  traces: {
    traceId: string;
    root: {
      service: {
        environment: string;
        namespace: string;
        name: string;
      };
      operation: string;
    } | null;
    /**
     * RFC 3339, UTC.
     */
    startTime: string;
    durationMs: number;
    spanCount: number;
    errorCount: number;
    services: string[];
    complete: boolean;
    fragmentCount: number;
  }[];
  next: string | null;
}
export interface SearchClausesAnswer {
  /**
   * RFC 3339, UTC.
   */
  from: string;
  /**
   * RFC 3339, UTC.
   */
  to: string;
  completeTo: string | null;
  /**
   * Partitions that `completeTo` does not count.
   */
  behind: {
    partition: number;
    streamTime: string | null;
  }[];
  clauses: {
    text: string;
    /**
     * Where it stands in `q`, in UTF-16 units.
     */
    from: number;
    /**
     * Exclusive.
     */
    to: number;
    count: number;
    /**
     * False: there are at least so many.
     */
    exact: boolean;
    /**
     * The query without it.
     */
    without: string;
  }[];
}
export interface StatsAnswer {
  /**
   * RFC 3339, UTC.
   */
  from: string;
  /**
   * RFC 3339, UTC.
   */
  to: string;
  completeTo: string | null;
  /**
   * Partitions that `completeTo` does not count.
   */
  behind: {
    partition: number;
    streamTime: string | null;
  }[];
  by: string | null;
  groupCount: number;
  groups: {
    value: string | null;
    /**
     * Weighted by sampling.
     */
    spans: number;
    sampledSpans: number;
    /**
     * Weighted by sampling.
     */
    errors: number;
    traces: number;
    durationMs: {
      [k: string]: number;
    } | null;
  }[];
}
export interface ExemplarsAnswer {
  /**
   * RFC 3339, UTC.
   */
  from: string;
  /**
   * RFC 3339, UTC.
   */
  to: string;
  completeTo: string | null;
  /**
   * Partitions that `completeTo` does not count.
   */
  behind: {
    partition: number;
    streamTime: string | null;
  }[];
  spans: {
    traceId: string;
    spanId: string;
    service: {
      environment: string;
      namespace: string;
      name: string;
    };
    operation: string;
    kind: string;
    status: string;
    /**
     * RFC 3339, UTC.
     */
    startTime: string;
    durationMs: number;
  }[];
}
export interface HeatmapAnswer {
  /**
   * RFC 3339, UTC.
   */
  from: string;
  /**
   * RFC 3339, UTC.
   */
  to: string;
  completeTo: string | null;
  /**
   * Partitions that `completeTo` does not count.
   */
  behind: {
    partition: number;
    streamTime: string | null;
  }[];
  stepSeconds: number;
  /**
   * Shortest durations first.
   */
  rows: {
    fromMs: number;
    toMs: number;
  }[];
  /**
   * Steps without calls are left out.
   */
  columns: {
    /**
     * RFC 3339, UTC.
     */
    time: string;
    calls: number;
    errors: number;
    /**
     * Pairs of a row, counted from 0, and how many calls took so long.
     */
    cells: [number, number][];
    slowest: {
      traceId: string;
      durationMs: number;
    } | null;
    failed: string | null;
  }[];
}
export interface SeriesAnswer {
  /**
   * RFC 3339, UTC.
   */
  from: string;
  /**
   * RFC 3339, UTC.
   */
  to: string;
  completeTo: string | null;
  /**
   * Partitions that `completeTo` does not count.
   */
  behind: {
    partition: number;
    streamTime: string | null;
  }[];
  stepSeconds: number;
  /**
   * Every step of the window that has begun, those without calls, too.
   */
  columns: {
    /**
     * RFC 3339, UTC.
     */
    time: string;
    calls: number;
    errors: number;
    errorRate: number | null;
    callsPerSecond: number;
    durationMs: {
      [k: string]: number;
    } | null;
  }[];
}
export interface GraphAnswer {
  /**
   * RFC 3339, UTC.
   */
  from: string;
  /**
   * RFC 3339, UTC.
   */
  to: string;
  completeTo: string | null;
  /**
   * Partitions that `completeTo` does not count.
   */
  behind: {
    partition: number;
    streamTime: string | null;
  }[];
  nodes: {
    id: number;
    type: 'service' | 'database' | 'messaging' | 'external' | 'unknown';
    service: {
      environment: string;
      namespace: string;
      name: string;
    };
    calls: number;
    errors: number;
    durationMs: {
      [k: string]: number;
    } | null;
  }[];
  edges: {
    from: number | null;
    to: number;
    kind: string;
    calls: number;
    errors: number;
    unpaired: number;
    durationMs: {
      [k: string]: number;
    } | null;
    slowest: {
      traceId: string;
      durationMs: number;
    } | null;
    failed: string | null;
  }[];
}
export interface CompareAnswer {
  window: {
    /**
     * RFC 3339, UTC.
     */
    from: string;
    /**
     * RFC 3339, UTC.
     */
    to: string;
  };
  base: {
    /**
     * RFC 3339, UTC.
     */
    from: string;
    /**
     * RFC 3339, UTC.
     */
    to: string;
  };
  completeTo: string | null;
  /**
   * Partitions that `completeTo` does not count.
   */
  behind: {
    partition: number;
    streamTime: string | null;
  }[];
  rows: {
    service?: {
      environment: string;
      namespace: string;
      name: string;
    };
    client?: {
      environment: string;
      namespace: string;
      name: string;
    } | null;
    server?: {
      environment: string;
      namespace: string;
      name: string;
    };
    operation?: string;
    kind: string;
    state: 'both' | 'added' | 'gone';
    now: {
      calls: number;
      callsPerMinute: number;
      errors: number;
      errorRate: number;
      durationMs: {
        [k: string]: number;
      } | null;
    } | null;
    base: {
      calls: number;
      callsPerMinute: number;
      errors: number;
      errorRate: number;
      durationMs: {
        [k: string]: number;
      } | null;
    } | null;
    change: {
      /**
       * 0.5: half as many again.
       */
      callsPerMinute: number;
      /**
       * 0.01: one call in a hundred more.
       */
      errorRate: number;
      durationMs: {
        [k: string]: number;
      } | null;
    } | null;
  }[];
}
export interface FieldsAnswer {
  fields: {
    /**
     * As it stands in a query.
     */
    name: string;
    type: 'text' | 'choice' | 'duration' | 'number' | 'attribute';
    scope: 'span' | 'trace' | 'resource';
    help?: string;
  }[];
}
export interface FieldsNameValuesAnswer {
  /**
   * The commonest first.
   */
  values: string[];
}
export interface SettingsAnswer {
  version: string;
  /**
   * Demo traffic is sent.
   */
  demo: boolean;
  /**
   * To be shown at spans that have all of their fields.
   */
  links: {
    name: string;
    /**
     * With fields in braces: put their values there, encoded.
     */
    url: string;
    /**
     * What stands in the braces.
     */
    fields: string[];
  }[];
  retention: {
    traceDays: number;
    minuteDays: number;
    hourDays: number;
  };
  intake: {
    otlpHttpPort: number;
    otlpGrpcPort: number;
  };
  limits: {
    /**
     * A request that takes longer is given up.
     */
    requestSeconds: number;
  };
  closing: {
    settleSeconds: number;
    quietSeconds: number;
    maxAgeSeconds: number;
  };
}
export interface PipelineAnswer {
  /**
   * RFC 3339, UTC.
   */
  from: string;
  /**
   * RFC 3339, UTC.
   */
  to: string;
  completeTo: string | null;
  /**
   * Partitions that `completeTo` does not count.
   */
  behind: {
    partition: number;
    streamTime: string | null;
  }[];
  stream: string;
  partitions: {
    partition: number;
    spans: {
      low: number;
      high: number;
    } | null;
    traces: {
      low: number;
      high: number;
    } | null;
    unfinished: number | null;
    unstored: number | null;
    open: {
      traces: number;
      spans: number;
      chunks: number;
      oldestAt: string | null;
    } | null;
    streamTime: string | null;
    lagSeconds: number | null;
  }[];
  deadLetters: number | null;
  lastAudit: {
    /**
     * RFC 3339, UTC.
     */
    at: string;
    durationSeconds: number;
    /**
     * Nothing missing, doubled, unknown or expired unread.
     */
    clean: boolean;
    partitions: number;
    acknowledged: number;
    stored: number;
    deadLettered: number;
    inFlight: number;
    missing: number;
    doubled: number;
    /**
     * Stored, though the log holds no such chunk.
     */
    unknown: number;
    expiredUnread: number;
  } | null;
  totals: {
    spans: number;
    errors: number;
    /**
     * Finished traces, and pieces that came later.
     */
    fragments: number;
    /**
     * Traces that were whole when they were closed.
     */
    complete: number;
    incomplete: number;
    /**
     * Pieces that came after their trace was closed.
     */
    late: number;
    duplicateSpans: number;
    unlinked: number;
    timeShifted: number;
    truncated: number;
    spansPerSecond: number;
  };
  /**
   * Why traces were closed, the commonest first.
   */
  reasons: {
    reason: string;
    fragments: number;
    complete: number;
    incomplete: number;
  }[];
  stepSeconds: number;
  /**
   * Every step of the window that has begun.
   */
  columns: {
    /**
     * RFC 3339, UTC.
     */
    time: string;
    spans: number;
    errors: number;
    /**
     * Finished traces, and pieces that came later.
     */
    fragments: number;
    /**
     * Traces that were whole when they were closed.
     */
    complete: number;
    incomplete: number;
    /**
     * Pieces that came after their trace was closed.
     */
    late: number;
    duplicateSpans: number;
    unlinked: number;
    timeShifted: number;
    truncated: number;
    spansPerSecond: number;
  }[];
}
export interface StorageAnswer {
  completeTo: string | null;
  /**
   * Partitions that `completeTo` does not count.
   */
  behind: {
    partition: number;
    streamTime: string | null;
  }[];
  /**
   * The largest first.
   */
  tables: {
    table: string;
    rows: number;
    bytesOnDisk: number;
    bytesUncompressed: number;
    parts: number;
  }[];
  bytesOnDisk: number;
  /**
   * Oldest first.
   */
  days: {
    /**
     * In UTC, of when traces were finished.
     */
    day: string;
    spans: number;
    /**
     * Spans, fragments and resources, on disk.
     */
    traceBytes: number;
    /**
     * Figures by minute, on disk.
     */
    figureBytes: number;
    services: {
      service: {
        environment: string;
        namespace: string;
        name: string;
      };
      spans: number;
      /**
       * Its share of `traceBytes`, estimated.
       */
      bytes: number;
    }[];
  }[];
  spanCount: number;
  /**
   * From which attributes and operations are estimated.
   */
  sampledSpans: number;
  /**
   * Of spans, the largest first.
   */
  attributes: {
    key: string;
    spans: number;
    /**
     * Of keys and values before they are compressed.
     */
    bytes: number;
  }[];
  /**
   * The largest first.
   */
  operations: {
    service: {
      environment: string;
      namespace: string;
      name: string;
    };
    operation: string;
    spans: number;
    /**
     * Of its spans before they are compressed.
     */
    bytes: number;
  }[];
  retention: {
    traceDays: number;
    minuteDays: number;
  };
  projection: {
    /**
     * 0: what today comes to so far.
     */
    basedOnDays: number;
    traceBytesPerDay: number;
    figureBytesPerDay: number;
    bytesOnDisk: number;
  } | null;
}
export interface RollupsRunsAnswer {
  /**
   * Newest first.
   */
  runs: {
    name: string;
    /**
     * RFC 3339, UTC.
     */
    from: string;
    /**
     * RFC 3339, UTC.
     */
    to: string;
    /**
     * Counted in each window.
     */
    attempt: number;
    status: 'running' | 'done' | 'failed';
    /**
     * Lines that it wrote.
     */
    rows: number;
    /**
     * RFC 3339, UTC.
     */
    startedAt: string;
    durationMs: number;
    completeTo: string | null;
    /**
     * Who ran it.
     */
    scheduler: string;
    error: string | null;
  }[];
}
export interface RollupsResultsAnswer {
  /**
   * Newest first.
   */
  results: {
    /**
     * RFC 3339, UTC.
     */
    from: string;
    /**
     * RFC 3339, UTC.
     */
    to: string;
    lines: {
      [k: string]: unknown;
    }[];
  }[];
}

/** Routes of the API, below `/api/v1/`. */
export type Paths =
  | 'edges'
  | 'operations'
  | 'services'
  | 'traces'
  | 'traces/open'
  | 'traces/{id}'
  | 'traces/{id}/ranks'
  | 'search'
  | 'search/clauses'
  | 'stats'
  | 'exemplars'
  | 'heatmap'
  | 'series'
  | 'graph'
  | 'compare'
  | 'fields'
  | 'fields/{name}/values'
  | 'settings'
  | 'pipeline'
  | 'storage'
  | 'rollups/runs'
  | 'rollups/results'
  | 'tail';
