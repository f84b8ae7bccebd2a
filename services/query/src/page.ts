import { readFile } from 'node:fs/promises';
import type { FastifyPluginAsync, FastifyReply } from 'fastify';

/** The files of the first page, beside `src` and `dist` alike. */
const folder = new URL('../page/', import.meta.url);

const files: Readonly<Record<string, string>> = {
  'app.js': 'text/javascript; charset=utf-8',
  'details.js': 'text/javascript; charset=utf-8',
  'dom.js': 'text/javascript; charset=utf-8',
  'format.js': 'text/javascript; charset=utf-8',
  'rollups.js': 'text/javascript; charset=utf-8',
  'overview.js': 'text/javascript; charset=utf-8',
  'tree.js': 'text/javascript; charset=utf-8',
  'trace.js': 'text/javascript; charset=utf-8',
  'welcome.js': 'text/javascript; charset=utf-8',
  'style.css': 'text/css; charset=utf-8',
};

/** Names of spans come from anybody who can send one: nothing but our own files may run or load. */
const securityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const defaultIntakePort = 4318;

/**
 * The page, at every path that is no part of an API, as its own links go to `/trace/{id}`.
 * `intakePort`: where the gateway takes OTLP over HTTP, for the commands that the page shows.
 */
export function page({ intakePort }: { readonly intakePort: number }): FastifyPluginAsync {
  return async (app) => {
    const written = await readFile(new URL('index.html', folder), 'utf8');
    const html = written.replace(`data-intake-port="${defaultIntakePort}"`, `data-intake-port="${intakePort}"`);
    const sendPage = (reply: FastifyReply, path: string): FastifyReply =>
      withHeaders(reply, 'text/html; charset=utf-8').send(html.replaceAll(rootLink, `$1="${upToRoot(path)}`));

    for (const [name, type] of Object.entries(files)) {
      const content = await readFile(new URL(name, folder));
      app.get(`/page/${name}`, (_request, reply) => withHeaders(reply, type).send(content));
    }

    // A body of any kind to a path that does not exist is not read, and no reason for another answer.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, _body, done) => done(null));

    app.setNotFoundHandler((request, reply) => {
      const path = request.url.split('?', 1)[0] ?? '';
      const readsPage = request.method === 'GET' || request.method === 'HEAD';
      const isApi = path === '/api' || path.startsWith('/api/') || path.startsWith('/page/');
      if (readsPage && !isApi) return sendPage(reply, path);
      // Never 405: that is how Jaeger answers, and how its clients tell what is not there.
      return reply.code(404).type('text/plain; charset=utf-8').send('404 page not found\n');
    });
  };
}

/** A link of the page to something below the root. */
const rootLink = /\b(href|src)="\//g;

/** From a path as it is here to the root: relative, because a proxy may have put something before both. */
function upToRoot(path: string): string {
  return '../'.repeat(path.split('/').length - 2) || './';
}

function withHeaders(reply: FastifyReply, type: string): FastifyReply {
  return reply
    .type(type)
    .header('content-security-policy', securityPolicy)
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-cache');
}
