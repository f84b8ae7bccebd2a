/**
 * The domain: spans, traces, call edges and their figures. Pure: it imports nothing, reads no clock
 * and keeps no state but memory that is reused between calls.
 */

// The span model, and the columns that hot paths use in its place.
export * from './span.ts';
export * from './service.ts';
export * from './table.ts';
export * from './id.ts';
export * from './weight.ts';

// Whether a trace is whole.
export * from './chunk.ts';
export * from './packed-index.ts';
export * from './pieces.ts';
export * from './verdict.ts';
export * from './wholeness.ts';

// Names that figures are kept under: how many there are is bounded.
export * from './names/operation.ts';
export * from './names/peer.ts';
export * from './names/fold.ts';

// Figures: calls, errors, durations and critical path by edge and by operation.
export * from './figures.ts';
export * from './histogram.ts';
export { dropDuplicates, rowsOf } from './pairing/duplicates.ts';
export { unknownPeer } from './pairing/edge-sums.ts';
export { figuresOf, FigureSums } from './pairing/figure-sums.ts';
export { criticalPath } from './pairing/path.ts';
export type { Rows } from './pairing/shape.ts';

// What every package shares.
export * from './result.ts';
export * from './clock.ts';
