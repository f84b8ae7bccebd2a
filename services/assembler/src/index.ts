/** The assembler: chunks of `spans` in, whole traces out to `traces`. */
export { type Assembler, type AssemblerOptions, createAssembler } from './assembler.ts';
export { type AssemblerMetrics, createAssemblerMetrics } from './metrics.ts';
export type { AssemblerObserver } from './observer.ts';
export { limitsOf } from './settings.ts';
export { runAssembler } from './main.ts';
