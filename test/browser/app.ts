import type { Span } from '@spanloom/span';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { expect } from 'vitest';

import { traceAnswer } from '../harness/answers.ts';
import { Pipeline, dataDir, freePorts } from '../harness/pipeline.ts';
import { waitFor } from '../harness/wait.ts';
import { send } from '../load/client.ts';
import { type Window, openWindow, startBrowser } from './browser.ts';

/** Traces close soon, and nothing sends spans but the test. */
export const quickFlags = ['--no-demo', '--settle', '1s', '--quiet', '2s', '--rollup-interval', '2s'] as const;

/** A running pipeline and a browser to look at it with. */
export interface App {
  readonly pipeline: Pipeline;
  readonly browser: Browser;
  readonly dataDir: string;
  /** Where the page lies: `http://127.0.0.1:…`. */
  readonly origin: string;
  /** A window of its own profile at `path`, which begins with a slash. Closed with the app, if not before. */
  open(path: string, options?: BrowserContextOptions): Promise<Window>;
  /** Resolves when the gateway has acknowledged the spans. */
  send(spans: readonly Span[]): Promise<void>;
  /** Resolves when the trace is in the store with as many spans; before it, searches do not find it. */
  stored(traceId: string, spans: number): Promise<void>;
  /** Sends traces, and resolves when all of them are in the store. */
  store(traces: readonly { readonly traceId: string; readonly spans: readonly Span[] }[]): Promise<void>;
  stop(): Promise<void>;
}

/** Closes the window of a test, if it opened one: nothing must have happened in it that a page must not do. */
export async function closeClean(window: Window | undefined): Promise<void> {
  const { faults } = window ?? { faults: [] };
  await window?.close();
  expect(faults, 'what a page must not do').toEqual([]);
}

/** Starts both once, for `beforeAll`; `stop` them in `afterAll`. */
export async function startApp(flags: readonly string[] = quickFlags): Promise<App> {
  const browser = await startBrowser();
  const folder = await dataDir();
  const pipeline = await Pipeline.start(folder.path, await freePorts(), flags).catch(async (error: unknown) => {
    await browser.close();
    await folder.remove();
    throw error;
  });
  const origin = `http://127.0.0.1:${pipeline.ports.query}`;
  const app: App = {
    pipeline,
    browser,
    dataDir: folder.path,
    origin,
    async open(path, options) {
      const window = await openWindow(browser, origin, { viewport: { width: 1440, height: 900 }, ...options });
      await window.page.goto(origin + path);
      return window;
    },
    send: async (spans) => send(pipeline.ports.http, spans),
    async stored(traceId, spans) {
      await waitFor(
        async () => {
          const answer = await traceAnswer(pipeline, traceId);
          return answer.state === 'stored' && answer.spanCount === spans ? answer : null;
        },
        { withinMs: 20_000, what: `trace ${traceId} to be stored` },
      );
    },
    async store(traces) {
      await app.send(traces.flatMap(({ spans }) => spans));
      for (const { traceId, spans } of traces) await app.stored(traceId, spans.length);
    },
    async stop() {
      await browser.close();
      await pipeline.stop();
      await folder.remove();
    },
  };
  return app;
}
