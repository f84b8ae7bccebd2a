import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorEnvelope } from './envelope.ts';
import { first, type QueryString } from './params.ts';

/** Sends bytes, because fastify adds a charset to strings of JSON, and Jaeger's answers have none. */
export function sendJson(
  request: FastifyRequest<{ Querystring: QueryString }>,
  reply: FastifyReply,
  body: object,
): FastifyReply {
  const pretty = first(request.query, 'prettyPrint');
  const indent = pretty === '' || pretty === 'false' ? 0 : 4;
  return reply.type('application/json').send(Buffer.from(JSON.stringify(body, null, indent)));
}

/** Jaeger sends its errors as text; user interfaces parse them as JSON all the same and show `msg`. */
export function sendError(reply: FastifyReply, status: number, message: string): FastifyReply {
  const body = `${JSON.stringify(errorEnvelope(status, message))}\n`;
  return reply.code(status).type('text/plain; charset=utf-8').send(Buffer.from(body));
}
