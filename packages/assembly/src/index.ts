/** When is a trace finished? A pure state machine; see SPEC.md. */
export { type TraceEvent, type TraceState, type Transition, transitions } from './machine.ts';
export { AssemblyWindow, type Closing, type WindowChunk, type WindowLimits } from './window.ts';
export { Frontier, type Mark, type Pending } from './frontier.ts';
