import type { ServerResponse } from 'node:http';
import { Type } from '@sinclair/typebox';
import type { FastifyPluginAsync } from 'fastify';
import { parseQuery } from '../search/parser.ts';
import { createTailHub, type Follower } from '../tail/hub.ts';
import { eventId, parseEventId } from '../tail/position.ts';
import type { Api } from './api.ts';
import { responses } from './answers.ts';
import { invalidQuery, sendApiError } from './error.ts';
import type { SchemaOf } from './schemas.ts';
import { searchedParams } from './search-params.ts';
import { summaryAnswer } from './trace.ts';

interface TailQuery {
  readonly q: string;
}

const tailSchema: SchemaOf<TailQuery> = Type.Object({ q: searchedParams.q }, { additionalProperties: false });

/** A follower that reads too slowly is told of nothing until it has read this much. */
const maxUnreadBytes = 1024 * 1024;
/** It ends when its caller goes: the longest time that a timer knows, 24 days. */
const noTimeoutMs = 2 ** 31 - 1;

export function tailRoutes(api: Api): FastifyPluginAsync {
  const hub = createTailHub(api);
  return async (app) => {
    app.addHook('onClose', async () => hub.stop());

    app.get<{ Querystring: TailQuery }>(
      '/tail',
      {
        handlerTimeout: noTimeoutMs,
        schema: {
          summary: 'Finished traces as they are written: server-sent events',
          querystring: tailSchema,
          produces: ['text/event-stream'],
          response: responses(Type.String({ description: 'Events `traces`: `{ "traces": […], "skipped": 0 }`.' }), {
            429: 'Too many follow already.',
          }),
        },
      },
      async (request, reply) => {
        const { q } = request.query;
        const filter = parseQuery(q);
        if (!filter.ok) return sendApiError(reply, 400, invalidQuery('q', filter.error));
        const response = reply.raw;
        const lastId = request.headers['last-event-id'];
        const since = typeof lastId === 'string' ? parseEventId(lastId, api.stream.id) : null;
        const leave = hub.follow(followerOf({ query: q, filter: filter.value, since }, api.stream.id, response));
        if (leave === null) {
          const message = `${api.config.maxTails} follow already. Try again when one has gone.`;
          return sendApiError(reply, 429, { code: 'too_many', message, parameter: null });
        }
        reply.hijack();
        response.on('close', leave);
        response.writeHead(200, {
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-store',
          'x-content-type-options': 'nosniff',
          // nginx would hold events back until it has 4 kB of them.
          'x-accel-buffering': 'no',
        });
        response.write('retry: 2000\n\n');
        return reply;
      },
    );
  };
}

function followerOf(
  asked: Pick<Follower, 'query' | 'filter' | 'since'>,
  stream: string,
  response: ServerResponse,
): Follower {
  let unread = 0;
  return {
    ...asked,
    tell(traces, skipped, now) {
      if (response.writableLength > maxUnreadBytes) {
        unread += traces.length + skipped;
        return;
      }
      const data = JSON.stringify({ traces: traces.map(summaryAnswer), skipped: skipped + unread });
      unread = 0;
      response.write(`id: ${eventId(stream, now)}\nevent: traces\ndata: ${data}\n\n`);
    },
    // Without a position: what was missed is still to be told.
    begin: (now) =>
      response.write(`${asked.since === null ? `id: ${eventId(stream, now)}\n` : ''}event: following\ndata: {}\n\n`),
    // No event for who listens, but it moves the position on that it would come back with.
    keepAlive: (now) => response.write(`id: ${eventId(stream, now)}\n\n`),
  };
}
