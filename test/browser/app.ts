import type { Span } from '@spanloom/span';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';

import { traceAnswer } from '../harness/answers.ts';
import { Pipeline, dataDir, freePorts } from '../harness/pipeline.ts';
import { waitFor } from '../harness/wait.ts';
import { send } from '../load/client.ts';
import { type PageOptions, type WatchedPage, newPage, startBrowser } from './browser.ts';

/** Traces close soon, and nothing sends spans but the test. */
export const quickFlags = ['--no-demo', '--settle', '1s', '--quiet', '2s', '--rollup-interval', '2s'] as const;

/** A running pipeline and a browser to look at it with. */
export interface App {
  readonly pipeline: Pipeline;
  readonly dataDir: string;
  /** Where the page lies: `http://127.0.0.1:…`. */
  readonly origin: string;
  /**
   * A page in a profile of its own at `path`, which begins with a slash, or at a URL of another origin.
   * Closed after the test, which fails if something happened in it that a page must not do.
   */
  open(path: string, options?: PageOptions): Promise<Page>;
  /** From now on, what matches is nothing that this page must not do; answers what matched so far. */
  tolerate(page: Page, pattern: RegExp): readonly string[];
  /** Resolves when the gateway has acknowledged the spans. */
  send(spans: readonly Span[]): Promise<void>;
  /** Resolves when the trace is in the store with as many spans; before it, searches do not find it. */
  stored(traceId: string, spans: number): Promise<void>;
  /** Sends traces, and resolves when all of them are in the store. */
  store(traces: readonly { readonly traceId: string; readonly spans: readonly Span[] }[]): Promise<void>;
}

interface Running {
  readonly pipeline: Pipeline;
  readonly browser: Browser;
  readonly dataDir: string;
  stop(): Promise<void>;
}

/** Resolves once rollups have run. */
export async function rollupsRan(pipeline: Pipeline): Promise<void> {
  await waitFor(
    async () => {
      const { runs } = (await pipeline.json('/api/v1/rollups/runs?limit=10')) as { runs: unknown[] };
      return runs.length > 0 ? runs : null;
    },
    { withinMs: 60_000, what: 'rollups to run' },
  );
}

/** One pipeline and one browser for the tests of a `describe`: first in it, so that its own hooks find them running. */
export function useApp(flags: readonly string[] = quickFlags): App {
  let running: Running;
  const opened = new Map<Page, WatchedPage>();

  beforeAll(async () => {
    running = await start(flags);
  });
  afterEach(async () => {
    const pages = [...opened.values()];
    opened.clear();
    for (const { page } of pages) await page.context().close();
    expect(
      pages.flatMap(({ faults }) => faults),
      'what a page must not do',
    ).toEqual([]);
  });
  afterAll(async () => {
    await running?.stop();
  });

  const app: App = {
    get pipeline() {
      return running.pipeline;
    },
    get dataDir() {
      return running.dataDir;
    },
    get origin() {
      return `http://127.0.0.1:${running.pipeline.ports.query}`;
    },
    async open(path, options) {
      const url = new URL(path, app.origin);
      const watched = await newPage(running.browser, url.origin, options);
      opened.set(watched.page, watched);
      await watched.page.goto(url.href);
      return watched.page;
    },
    tolerate(page, pattern) {
      const watched = opened.get(page);
      if (watched === undefined) throw new Error('This page was not opened by the test that runs.');
      return watched.tolerate(pattern);
    },
    send: async (spans) => send(running.pipeline.ports.http, spans),
    async stored(traceId, spans) {
      await waitFor(
        async () => {
          const answer = await traceAnswer(running.pipeline, traceId);
          return answer.state === 'stored' && answer.spanCount === spans ? answer : null;
        },
        { withinMs: 20_000, what: `trace ${traceId} to be stored` },
      );
    },
    async store(traces) {
      await app.send(traces.flatMap(({ spans }) => spans));
      for (const { traceId, spans } of traces) await app.stored(traceId, spans.length);
    },
  };
  return app;
}

async function start(flags: readonly string[]): Promise<Running> {
  const browser = await startBrowser();
  const folder = await dataDir();
  const pipeline = await Pipeline.start(folder.path, await freePorts(), flags).catch(async (error: unknown) => {
    await browser.close();
    await folder.remove();
    throw error;
  });
  return {
    pipeline,
    browser,
    dataDir: folder.path,
    async stop() {
      await browser.close();
      await pipeline.stop();
      await folder.remove();
    },
  };
}
