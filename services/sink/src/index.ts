/** The sink: finished traces from `traces` into ClickHouse, each counted once. */
export { type SinkMetrics, createSinkMetrics } from './metrics.ts';
export type { SinkObserver } from './observer.ts';
export { type Sink, type SinkOptions, createSink } from './sink.ts';
export { runSink } from './main.ts';
