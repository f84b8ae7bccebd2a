import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyPluginAsync, FastifyReply } from 'fastify';

/** Where the build of the web application lies. */
const built = join(createRequire(import.meta.url).resolve('@spanloom/web/package.json'), '..', 'dist');

/** Names of spans come from anybody who can send one: nothing but our own files may run or load. */
const securityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const notBuilt = 'The page is not built: run npm run build.\n';

/**
 * The web application, at every path that is no part of an API: its own router knows what to show there.
 * `intakePort`: where the gateway takes OTLP over HTTP, for the commands that the page shows.
 */
export function page({ intakePort }: { readonly intakePort: number }): FastifyPluginAsync {
  return async (app) => {
    const html = (await readFile(join(built, 'index.html'), 'utf8').catch(() => null))?.replace(
      /data-intake-port="\d+"/,
      `data-intake-port="${intakePort}"`,
    );
    if (html !== undefined) {
      await app.register(fastifyStatic, {
        root: join(built, 'assets'),
        prefix: '/assets/',
        index: false,
        wildcard: false,
        preCompressed: true,
        // Their names change with what is in them.
        immutable: true,
        maxAge: '1y',
      });
    }

    // A body of any kind to a path that does not exist is not read, and no reason for another answer.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, _body, done) => done(null));

    app.setNotFoundHandler((request, reply) => {
      const path = request.url.split('?', 1)[0] ?? '';
      const readsPage = request.method === 'GET' || request.method === 'HEAD';
      const isApi = path === '/api' || path.startsWith('/api/') || path.startsWith('/assets/');
      if (readsPage && !isApi) return sendPage(reply, path, html);
      // Never 405: that is how Jaeger answers, and how its clients tell what is not there.
      return reply.code(404).type('text/plain; charset=utf-8').send('404 page not found\n');
    });
  };
}

function sendPage(reply: FastifyReply, path: string, html: string | undefined): FastifyReply {
  if (html === undefined) return reply.code(503).type('text/plain; charset=utf-8').send(notBuilt);
  return reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', securityPolicy)
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-cache')
    .send(html.replaceAll(ownLink, `$1="${upToRoot(path)}`));
}

/** A link of the page to one of its files. */
const ownLink = /\b(href|src)="\.\//g;

/** From a path as it is here to the root: relative, because a proxy may have put something before both. */
function upToRoot(path: string): string {
  return '../'.repeat(path.split('/').length - 2) || './';
}
