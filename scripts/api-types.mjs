// npm run api-types: the answers of /api/v1 as types for the page, out of the document that query serves.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

import { compile } from 'json-schema-to-typescript';

import { ensureBuilt } from './lib/build.mjs';
import { inRoot } from './lib/root.mjs';

export const file = inRoot('services', 'web', 'src', 'api', 'answers.ts');

/** What `file` should hold. */
export async function apiTypes() {
  const document = await openApi();
  const routes = Object.entries(document.paths).flatMap(([path, methods]) => {
    const ok = methods.get?.responses['200'].content?.['application/json']?.schema;
    const route = path.replace(/^\/api\/v1\//, '');
    return ok === undefined ? [] : [{ route, name: `${pascal(route)}Answer`, schema: ok }];
  });
  const streams = Object.keys(document.paths)
    .map((path) => path.replace(/^\/api\/v1\//, ''))
    .filter((route) => !routes.some((known) => known.route === route));
  const types = await compile(
    {
      title: 'Answers',
      type: 'object',
      additionalProperties: false,
      required: routes.map(({ route }) => route),
      properties: Object.fromEntries(routes.map(({ route, name, schema }) => [route, { ...schema, title: name }])),
    },
    'Answers',
    {
      bannerComment:
        '/** Made by `npm run api-types` out of the OpenAPI document: change the schemas of query instead. */',
      // A record of durations has any name.
      additionalProperties: false,
      style: { singleQuote: true, printWidth: 120 },
    },
  );
  return `${types}\n/** Routes of the API, below \`/api/v1/\`. */\nexport type Paths = ${[
    ...routes.map(({ route }) => route),
    ...streams,
  ]
    .map((route) => `'${route}'`)
    .join(' | ')};\n`;
}

async function openApi() {
  const { startQuery } = await import(pathToFileURL(inRoot('services', 'query', 'dist', 'testing', 'query.js')).href);
  const running = await startQuery({ store: {} });
  try {
    return await (await running.get('/api/v1/openapi.json')).json();
  } finally {
    await running.query.stop();
  }
}

function pascal(route) {
  return route
    .split(/[^a-zA-Z]+/)
    .filter(Boolean)
    .map((word) => word[0].toUpperCase() + word.slice(1))
    .join('');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  ensureBuilt();
  writeFileSync(file, await apiTypes());
}

/** Whether `file` holds it, however it is formatted. */
export async function isUpToDate() {
  const bare = (text) => text.replaceAll(/[\s;|]+/g, '');
  return bare(readFileSync(file, 'utf8')) === bare(await apiTypes());
}
