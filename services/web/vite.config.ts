import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

import react from '@vitejs/plugin-react';
import { type Plugin, defineConfig } from 'vite';

/** Beside each file that compresses, the compressed ones that query sends to browsers that take them. */
function compressed(): Plugin {
  let outDir = '';
  return {
    name: 'compressed',
    apply: 'build',
    configResolved(config) {
      outDir = join(config.root, config.build.outDir);
    },
    async closeBundle() {
      const names = await readdir(outDir, { recursive: true });
      const texts = names.filter((name) => /\.(js|css|svg|json)$/.test(name)).map((name) => join(outDir, name));
      await Promise.all(
        texts.map(async (file) => {
          const text = await readFile(file);
          // 9 of 11: a tenth larger than the best, in a twentieth of the time.
          const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
          await writeFile(`${file}.br`, await promisify(brotliCompress)(text, { params }));
          await writeFile(`${file}.gz`, await promisify(gzip)(text));
        }),
      );
    },
  };
}

/** The page's font is asked for with the page, not when the first text is there: no text moves when it comes. */
function fontPreloaded(): Plugin {
  return {
    name: 'font-preloaded',
    apply: 'build',
    transformIndexHtml(_html, { bundle }) {
      const font = Object.keys(bundle ?? {}).find((name) => name.includes('inter-latin-wght-normal'));
      if (font === undefined) throw new Error('There is no font inter-latin-wght-normal in the build to preload.');
      const attrs = { rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: true, href: `./${font}` };
      return [{ tag: 'link', attrs, injectTo: 'head' }];
    },
  };
}

const api = process.env['SPANLOOM_API'] ?? 'http://127.0.0.1:16686';

export default defineConfig({
  // Below whatever path a proxy puts it: query writes the way to the root into the page.
  base: './',
  plugins: [react(), fontPreloaded(), compressed()],
  build: { target: 'es2022', assetsInlineLimit: 0, reportCompressedSize: false },
  worker: { format: 'es' },
  server: { proxy: { '/api': api } },
});
