/**
 * OTLP/HTTP: https://opentelemetry.io/docs/specs/otlp/#otlphttp. On node:http itself: one route
 * that takes raw bytes leaves a framework nothing to do but cost.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Admission, Hold } from '../admission.ts';
import type { Intake } from '../intake.ts';
import type { GatewayMetrics } from '../metrics.ts';
import type { Outcome } from '../outcome.ts';
import { answer, answerPlain } from './answer.ts';
import { gunzipBody, readBody, tooLarge } from './body.ts';
import type { BodyError } from './body.ts';
import { formOf } from './form.ts';
import type { RequestForm } from './form.ts';

export interface HttpOptions {
  readonly intake: Intake;
  readonly admission: Admission;
  readonly maxRequestBytes: number;
  readonly metrics: GatewayMetrics;
}

const timeouts = {
  // SDKs send every 5 s by default; Node's default of 5 s would close just as they send again.
  keepAliveTimeout: 75_000,
  headersTimeout: 15_000,
  // A body that trickles in holds room from its first byte on.
  requestTimeout: 30_000,
};

export function createHttpServer(options: HttpOptions): Server {
  const take = createTake(options);
  const { admission, metrics } = options;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = formOf(request);
    if (!form.ok) {
      metrics.request('http', 'rejected');
      answerPlain(response, form.error);
      return;
    }
    const outcome = await take(request, form.value);
    metrics.request('http', outcome?.type ?? 'aborted');
    if (outcome === null) return;
    if (admission.closed) response.setHeader('connection', 'close');
    answer(response, form.value.format, outcome);
  }

  return createServer(timeouts, (request, response) => void handle(request, response));
}

/** From a request's head to what became of it; null when the client went away first. */
function createTake({ intake, admission, maxRequestBytes, metrics }: HttpOptions) {
  async function takeBody(
    request: IncomingMessage,
    { format, gzip }: RequestForm,
    hold: Hold,
  ): Promise<Outcome | null> {
    const sent = await readBody(request, maxRequestBytes, hold);
    if (!sent.ok) return outcomeOf(sent.error);
    const body = gzip ? gunzipBody(sent.value, maxRequestBytes) : sent;
    if (!body.ok) return outcomeOf(body.error);
    if (!hold.raise(body.value.length)) return admission.overloaded();
    metrics.requestBytes('http', body.value.length);
    return intake.accept(body.value, format);
  }

  function outcomeOf(error: BodyError): Outcome | null {
    if (error.type === 'aborted') return null;
    return error.type === 'noRoom' ? admission.overloaded() : error;
  }

  return async (request: IncomingMessage, form: RequestForm): Promise<Outcome | null> => {
    const declaredBytes = Number(request.headers['content-length'] ?? 0);
    if (declaredBytes > maxRequestBytes) return tooLarge('The body', maxRequestBytes);
    const hold = admission.enter(declaredBytes);
    if ('type' in hold) return hold;
    try {
      return await takeBody(request, form, hold);
    } finally {
      hold.leave();
    }
  };
}
