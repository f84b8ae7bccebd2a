import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

import type { App } from './app.ts';

/** For `evaluate`, which runs in the page: this side knows no `document`, so it is text. */
const runAxe = `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations
  .filter(({ impact }) => impact === 'serious' || impact === 'critical')
  .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' at ' + target.join(' ') + ': ' + failureSummary)))`;

/** What axe-core finds serious or critical in what the page shows now, a line each. */
export async function seriousViolations(page: Page): Promise<string[]> {
  const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(source);
  return page.evaluate<string[]>(runAxe);
}

/**
 * Texts that are cut off: inside an element that hides what is too wide or too high for it. What cuts on purpose
 * says the whole in a `title`.
 */
export async function cutTexts(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`[...document.querySelectorAll('body *')].flatMap((element) => {
    if (!(element instanceof HTMLElement) || element.closest('[title], canvas, .u-wrap, [data-may-cut]') !== null) return [];
    const style = getComputedStyle(element);
    const rect = element.getBoundingClientRect();
    if (rect.width <= 1 || rect.height <= 1) return [];
    const wide = style.overflowX === 'hidden' || style.overflowX === 'clip';
    const high = style.overflowY === 'hidden' || style.overflowY === 'clip';
    const cut = (wide && element.scrollWidth > element.clientWidth + 1) || (high && element.scrollHeight > element.clientHeight + 1);
    return cut ? [element.tagName.toLowerCase() + ': ' + element.textContent.slice(0, 80)] : [];
  })`);
}

/** From the next navigation on, for {@link collidingLabels}. */
export async function watchLabels(page: Page): Promise<void> {
  await page.addInitScript(`{
    const labels = new WeakMap();
    const { fillText, clearRect } = CanvasRenderingContext2D.prototype;
    Object.assign(CanvasRenderingContext2D.prototype, {
      clearRect(x, y, ...size) {
        if (x <= 0 && y <= 0) labels.delete(this.canvas);
        clearRect.call(this, x, y, ...size);
      },
      fillText(text, x, y, ...width) {
        fillText.call(this, text, x, y, ...width);
        const box = this.measureText(text);
        const { a: scale } = this.getTransform();
        const [left, top, right, bottom] = [
          x - box.actualBoundingBoxLeft, y - box.actualBoundingBoxAscent,
          x + box.actualBoundingBoxRight, y + box.actualBoundingBoxDescent,
        ].map((each) => each * scale);
        if (right > left) labels.set(this.canvas, [...(labels.get(this.canvas) ?? []), { text, left, top, right, bottom }]);
      },
    });
    const apart = 3;
    const meet = (one, other) => one.left - apart < other.right && other.left - apart < one.right
      && one.top < other.bottom && other.top < one.bottom;
    window.labelsOf = (canvas) => labels.get(canvas) ?? [];
    window.collidingLabels = (canvas) => window.labelsOf(canvas).flatMap((one, at, all) => [
      ...(one.left < 0 || one.right > canvas.width || one.top < 0 || one.bottom > canvas.height ? [one.text + ' is cut off'] : []),
      ...all.slice(at + 1).filter((other) => meet(one, other)).map((other) => one.text + ' on ' + other.text),
    ]);
  }`);
}

/** Labels drawn onto `charts` charts that cover each other or are cut off; resolves when each chart has labels. */
export async function collidingLabels(page: Page, charts: number): Promise<string[]> {
  const drawn = `[...document.querySelectorAll('main canvas')].filter((canvas) => window.labelsOf(canvas).length > 3).length`;
  await expect.poll(() => page.evaluate<number>(drawn), { message: 'charts with labels' }).toBe(charts);
  return page.evaluate<string[]>(`[...document.querySelectorAll('main canvas')].flatMap(window.collidingLabels)`);
}

/** Whether the page as a whole can be scrolled sideways. */
export async function scrollsSideways(page: Page): Promise<boolean> {
  return page.evaluate<boolean>('document.documentElement.scrollWidth > document.documentElement.clientWidth');
}

/** Where it stands; what is not on the page fails the test. */
export async function boxOf(locator: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await locator.boundingBox();
  if (box === null) throw new Error('It has no place on the page.');
  return box;
}

/** The accessibility tree of the page, as text: what somebody who cannot see it is told. */
export async function treeOf(page: Page): Promise<string> {
  return page.locator('body').ariaSnapshot();
}

/**
 * The URL is the state: opened in a new profile it gives the same accessibility tree.
 * `settled` resolves when a page shows all that it loads; `but` takes out what may differ, such as an age.
 */
export async function expectSameInNewProfile(
  app: App,
  page: Page,
  settled: (page: Page) => Promise<unknown>,
  but: (tree: string) => string = (tree) => tree,
): Promise<void> {
  await settled(page);
  const url = new URL(page.url());
  const other = await app.open(url.pathname + url.search);
  try {
    await settled(other);
    await expect.poll(async () => but(await treeOf(other)), { timeout: 10_000 }).toBe(but(await treeOf(page)));
  } finally {
    await other.context().close();
  }
}

/** Figures of how a page feels, from the moment on that {@link watchVitals} was called. */
export interface Vitals {
  /** Cumulative layout shift: 0.1 is where people notice it. */
  readonly shift: number;
  /** What moved, from where to where: makes up {@link shift}. */
  readonly moves: readonly string[];
  /** The longest that an interaction took until the next frame, in milliseconds; 0 without one above 16. */
  readonly interactionMs: number;
  /** The longest task, in milliseconds; 0 without one above 50. */
  readonly longestTaskMs: number;
  /** Keys and buttons that were pressed. */
  readonly inputs: number;
}

/** From the next navigation on. */
export async function watchVitals(page: Page): Promise<void> {
  await page.addInitScript(`{
    const vitals = (window.vitals = { shift: 0, moves: [], interactionMs: 0, longestTaskMs: 0, inputs: 0 });
    for (const type of ['pointerdown', 'keydown']) addEventListener(type, () => vitals.inputs++, { capture: true });
    const watch = (type, note, options = {}) =>
      new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true, ...options });
    const spot = ({ x, y, width, height }) => [x, y, width, height].join(' ');
    const move = ({ node, previousRect, currentRect }) =>
      (node?.outerHTML ?? node?.textContent ?? 'gone').slice(0, 120) + ': ' + spot(previousRect) + ' to ' + spot(currentRect);
    watch('layout-shift', ({ hadRecentInput, value, sources }) => {
      if (hadRecentInput) return;
      vitals.shift += value;
      vitals.moves.push(...sources.map(move));
    });
    watch('event', ({ interactionId, duration }) => {
      if (interactionId) vitals.interactionMs = Math.max(vitals.interactionMs, duration);
    }, { durationThreshold: 16 });
    watch('longtask', ({ duration }) => { vitals.longestTaskMs = Math.max(vitals.longestTaskMs, duration); });
  }`);
}

/** Observers are told of a frame after it: resolves when they were told of the next one. */
export async function nextFrameTold(page: Page): Promise<void> {
  await page.evaluate(`(async () => {
    for (let frame = 0; frame < 2; frame++) await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  })()`);
}

/** Of what moves from now on {@link vitalsOf} tells: the font is there, and what it moved was told. */
export async function forgetMoves(page: Page): Promise<void> {
  await page.evaluate('document.fonts.ready.then(() => undefined)');
  await nextFrameTold(page);
  await page.evaluate('Object.assign(window.vitals, { shift: 0, moves: [] })');
}

export async function vitalsOf(page: Page): Promise<Vitals> {
  return page.evaluate<Vitals>('({ ...window.vitals })');
}
