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
  const all = Object.entries(document.paths).map(([path, { get }]) => {
    const route = path.replace(/^\/api\/v1\//, '');
    const schema = get?.responses['200'].content?.['application/json']?.schema;
    return { route, name: `${pascal(route)}Answer`, schema };
  });
  const routes = all.filter(({ schema }) => schema !== undefined);
  const streams = all.filter(({ schema }) => schema === undefined);
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
      additionalProperties: false,
      style: { singleQuote: true, printWidth: 120 },
    },
  );
  const paths = [...routes, ...streams].map(({ route }) => `'${route}'`).join(' | ');
  return `${types}\n/** Routes of the API, below \`/api/v1/\`. */\nexport type Paths = ${paths};\n`;
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
