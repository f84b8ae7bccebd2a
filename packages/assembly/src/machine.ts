/**
 * When is one trace finished? The transition table of SPEC.md, as a total function: what happens to
 * a trace in a state when an event comes. No I/O, no clock, no randomness.
 */
import type { CloseReason } from '@spanloom/span';

/** `gathering`: chunks came less than `settle` ago. `waiting`: it settled with something missing. */
export type TraceState = 'absent' | 'gathering' | 'waiting';

/** What can happen to a trace. The size limits are checked before a chunk is taken in. */
export type TraceEvent =
  | 'chunk'
  | 'settledWhole'
  | 'settledBroken'
  | 'quiet'
  | 'maxAge'
  | 'maxSpans'
  | 'maxBytes'
  | 'pressure';

export type Transition =
  | { readonly to: TraceState }
  | { readonly to: 'absent'; readonly close: CloseReason }
  /** The event cannot come in this state: seeing it is a bug in the caller. */
  | 'impossible';

const stay = (to: TraceState): Transition => ({ to });
const close = (reason: CloseReason): Transition => ({ to: 'absent', close: reason });

export const transitions: Readonly<Record<TraceState, Readonly<Record<TraceEvent, Transition>>>> = {
  absent: {
    chunk: stay('gathering'),
    settledWhole: 'impossible',
    settledBroken: 'impossible',
    quiet: 'impossible',
    maxAge: 'impossible',
    maxSpans: 'impossible',
    maxBytes: 'impossible',
    pressure: 'impossible',
  },
  gathering: {
    chunk: stay('gathering'),
    settledWhole: close('complete'),
    settledBroken: stay('waiting'),
    quiet: 'impossible',
    maxAge: close('maxAge'),
    maxSpans: close('maxSpans'),
    maxBytes: close('maxBytes'),
    pressure: close('pressure'),
  },
  waiting: {
    chunk: stay('gathering'),
    settledWhole: 'impossible',
    settledBroken: 'impossible',
    quiet: close('quiet'),
    maxAge: close('maxAge'),
    maxSpans: close('maxSpans'),
    maxBytes: close('maxBytes'),
    pressure: close('pressure'),
  },
};
