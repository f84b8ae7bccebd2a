import { once } from 'node:events';
import { status, type handleServerStreamingCall, type handleUnaryCall } from '@grpc/grpc-js';
import { err, type Clock, type Result } from '@spanloom/span';
import type { ReadClient } from '@spanloom/store';
import { boundToRequests } from '../http/bound.ts';
import { failureOf } from '../http/failure.ts';
import type { QueryConfig, QueryLogger } from '../options.ts';
import type { QueryMetrics } from '../metrics.ts';

/** Why a call gets no answer. */
export interface CallError {
  readonly code: status;
  readonly details: string;
}

export function invalid(details: string): { readonly ok: false; readonly error: CallError } {
  return err({ code: status.INVALID_ARGUMENT, details });
}

export function notFound(): { readonly ok: false; readonly error: CallError } {
  return err({ code: status.NOT_FOUND, details: 'trace not found' });
}

/** What a call may use: both end with it. */
export interface CallContext {
  readonly store: ReadClient;
  readonly signal: AbortSignal;
}

/** What a call answers, or why not. It rejects only where the store or we are broken. */
export type Handler<Request, Answer> = (request: Request, context: CallContext) => Promise<Result<Answer, CallError>>;

export interface CallOptions {
  readonly store: ReadClient;
  readonly clock: Clock;
  readonly logger: QueryLogger;
  readonly metrics: QueryMetrics;
  readonly config: QueryConfig;
}

/** Makes handlers of gRPC out of ours: time limit, cancellation, errors and metrics are the same for all. */
export interface Calls {
  unary<Request>(path: string, handler: Handler<Request, object>): handleUnaryCall<Request, object>;
  /** The answer is a list of messages, sent no faster than they are read. */
  streaming<Request>(
    path: string,
    handler: Handler<Request, Iterable<object>>,
  ): handleServerStreamingCall<Request, object>;
}

interface Cancellable {
  on(event: 'cancelled', listener: () => void): unknown;
}

export function createCalls(options: CallOptions): Calls {
  const { clock, logger, metrics, config } = options;
  const bound = boundToRequests(options);

  async function answer<Request, Answer>(
    { path, call }: { readonly path: string; readonly call: Cancellable },
    request: Request,
    handler: Handler<Request, Answer>,
    send: (answer: Answer, signal: AbortSignal) => Promise<void>,
  ): Promise<CallError | null> {
    const startedMs = clock.now();
    const cancelled = new AbortController();
    call.on('cancelled', () => cancelled.abort());
    const signal = AbortSignal.any([cancelled.signal, AbortSignal.timeout(config.requestTimeoutMs)]);
    const done = (error: CallError | null): CallError | null => {
      metrics.request(path, error?.code ?? status.OK, (clock.now() - startedMs) / 1000);
      return error;
    };
    try {
      const answered = await handler(request, { store: bound({ signal }), signal });
      if (!answered.ok) return done(answered.error);
      await send(answered.value, signal);
      return done(null);
    } catch (error) {
      const failure = failureOf(error, signal, config);
      if (failure.logged && !cancelled.signal.aborted) logger.error({ err: error, path }, 'a gRPC call failed');
      return done({ code: codes[failure.code], details: failure.message });
    }
  }

  return {
    unary: (path, handler) => (call, callback) => {
      let message: object = {};
      const send = async (answer: object): Promise<void> => {
        message = answer;
      };
      void answer({ path, call }, call.request, handler, send).then((error) =>
        error === null ? callback(null, message) : callback(error),
      );
    },
    streaming: (path, handler) => (call) => {
      const send = async (messages: Iterable<object>, signal: AbortSignal): Promise<void> => {
        for (const message of messages) {
          if (!call.write(message)) await once(call, 'drain', { signal });
        }
      };
      void answer({ path, call }, call.request, handler, send).then((error) => {
        if (error === null) call.end();
        else call.emit('error', error);
      });
    },
  };
}

const codes = {
  too_much: status.RESOURCE_EXHAUSTED,
  internal: status.INTERNAL,
  unavailable: status.UNAVAILABLE,
  timeout: status.DEADLINE_EXCEEDED,
} as const;
