/** What the supervisor tells the demo's process. */
export type ToChild =
  | {
      readonly type: 'start';
      readonly otlpEndpoint: string;
      readonly dataDir: string;
      readonly requestsPerSecond: number;
    }
  /** Finish what is under way, export it and exit. */
  | { readonly type: 'stop' };

/** What the demo's process tells its supervisor. */
export type FromChild = { readonly type: 'ready' } | { readonly type: 'failed'; readonly message: string };
