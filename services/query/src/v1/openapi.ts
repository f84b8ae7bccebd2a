import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';

/**
 * Registers what makes the document out of the schemas that requests are checked against. Only
 * routes that are added after it are in it.
 */
export async function collectSchemas(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Spanloom',
        version: '1',
        description: 'Traces, call edges and their figures. Read-only. See docs/api.md and docs/query-language.md.',
        license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      },
    },
  });
}

/** From where the document lies, so that it is right below any prefix. The plugin would take whole URLs only. */
const servers = [{ url: '../..' }];

/** `/openapi.json`, which is not in the document itself. */
export function serveDocument(app: FastifyInstance): void {
  app.get('/openapi.json', { schema: { hide: true } }, () => ({ ...app.swagger(), servers }));
}
