import type { Browser, CDPSession, Page } from 'playwright-core';
import { launchChromium, withoutBrowser } from '../../test/support/browser.js';
import { waitFor } from '../../test/support/wait.js';
import { askJson } from '../support/load.js';
import { table } from '../support/report.js';
import { percentile } from '../support/statistics.js';
import type { Site } from './site.js';

const openings = 5;
/** So many apps get an instance more or lose one in a second. */
const changesPerSecond = 50;
const changeEveryMs = 200;
const watchMs = 6_000;

/** What the page itself notes: when the first row is there, tasks that hold it up, and the time from a key to what it shows. */
const notes = `
  window.notes = { firstRowMs: undefined, tasks: [], frames: [], keys: [] };
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) notes.tasks.push(duration);
  }).observe({ entryTypes: ['longtask'] });
  new MutationObserver((_, observer) => {
    if (document.querySelector('.virtual-row a') === null) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => (notes.firstRowMs = performance.now())));
  }).observe(document, { childList: true, subtree: true });
  addEventListener('keydown', () => {
    const pressedMs = performance.now();
    requestAnimationFrame(() => setTimeout(() => notes.keys.push(performance.now() - pressedMs)));
  }, { capture: true });
`;

/** From the top of the list to its end, a screen in each frame; resolves when it is there. */
const scrollThrough = `new Promise((resolve) => {
  const scroller = document.querySelector('.virtual-scroller');
  let last = performance.now();
  const step = (now) => {
    notes.frames.push(now - last);
    last = now;
    scroller.scrollTop += scroller.clientHeight;
    if (scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 1) resolve();
    else requestAnimationFrame(step);
  };
  scroller.scrollTop = 0;
  requestAnimationFrame(step);
})`;

interface Notes {
  readonly tasks: readonly number[];
  readonly frames: readonly number[];
  readonly keys: readonly number[];
}

function longest(values: readonly number[]): number {
  return values.length === 0 ? 0 : Math.max(...values);
}

/** A page on the list of all applications, and the milliseconds until its first rows are painted. */
async function openList(browser: Browser, url: string): Promise<{ readonly page: Page; readonly firstRowMs: number }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.addInitScript(notes);
  await page.goto(`${url}/ui/#/apps?view=list`);
  const firstRowMs = await waitFor('the first rows', () => page.evaluate<number | undefined>('notes.firstRowMs'), {
    withinMs: 120_000,
  });
  return { page, firstRowMs };
}

/** Apps get an instance more and lose it again, without an end; `stop` resolves when nothing changes any more. */
function keepChanging(site: Site): { readonly stop: () => Promise<void> } {
  const { scheduler, apps } = site;
  let isOver = false;
  const perRound = Math.min(apps, (changesPerSecond * changeEveryMs) / 1000);
  const changing = (async () => {
    for (let round = 0; !isOver; round++) {
      const startMs = performance.now();
      const updates = Array.from({ length: perRound }, (_, i) => ({
        // All over the list, each of them in two rounds that follow each other
        id: site.appId((Math.floor(round / 2) * perRound + i * 797) % apps),
        instances: round % 2 === 0 ? 4 : 3,
      }));
      await askJson(scheduler.url, { method: 'PUT', path: '/v2/apps?force=true', body: JSON.stringify(updates) });
      const leftMs = changeEveryMs - (performance.now() - startMs);
      if (leftMs > 0) await new Promise((resolve) => setTimeout(resolve, leftMs));
    }
  })();
  return {
    stop: async () => {
      isOver = true;
      await changing;
    },
  };
}

/** What the page's main thread has done so far, in milliseconds. */
async function busyMs(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
}

type Row = ReturnType<typeof table>;

/** Does something on the page, and prints how long it took, how busy the page was, and what held it up longest. */
async function watched(
  page: Page,
  session: CDPSession,
  row: Row,
  name: string,
  act: () => Promise<unknown>,
): Promise<void> {
  await page.evaluate('notes.tasks = []; notes.frames = []; notes.keys = []; 0');
  const busyBefore = await busyMs(session);
  const startMs = performance.now();
  await act();
  const tookMs = performance.now() - startMs;
  const busy = (await busyMs(session)) - busyBefore;
  // Long tasks are told of a moment later
  await page.evaluate('new Promise((resolve) => setTimeout(resolve, 200))');
  const { tasks, frames, keys } = await page.evaluate<Notes>('notes');
  const steps = [...frames, ...keys].sort((a, b) => a - b);
  row(
    name,
    tookMs / 1000,
    (100 * busy) / tookMs,
    steps.length,
    percentile(steps, 0.5),
    percentile(steps, 0.99),
    longest(steps),
    tasks.length,
    longest(tasks),
  );
}

async function measureWork(page: Page, site: Site): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const row = table('The list in Chromium: frames while scrolling, keys until they are shown', [
    ['s', 8],
    ['busy %', 8],
    ['steps', 7],
    ['p50 ms', 8],
    ['p99 ms', 8],
    ['max ms', 8],
    ['> 50 ms', 9],
    ['longest', 9],
  ]);
  const search = page.getByRole('searchbox');
  const typeAndClear = async (): Promise<void> => {
    await search.pressSequentially('team-42 app-7', { delay: 60 });
    for (let i = 0; i < 13; i++) await search.press('Backspace', { delay: 30 });
  };
  const sortTwice = async (): Promise<void> => {
    for (const name of ['CPU', 'Health', 'Status', 'Name']) {
      await page.getByRole('columnheader', { name }).getByRole('button').click();
    }
  };
  await watched(page, session, row, 'nothing changes: from the first app to the last', () =>
    page.evaluate(scrollThrough),
  );
  await watched(page, session, row, 'nothing changes: typing into the search, and away again', typeAndClear);
  await watched(page, session, row, 'nothing changes: sorted by four columns', sortTwice);
  const changing = keepChanging(site);
  try {
    const name = `${changesPerSecond} apps change in a second`;
    await watched(page, session, row, `${name}: looked at`, () => page.waitForTimeout(watchMs));
    await watched(page, session, row, `${name}: from the first to the last`, () => page.evaluate(scrollThrough));
    await watched(page, session, row, `${name}: typing`, typeAndClear);
    await watched(page, session, row, `${name}: sorted`, sortTwice);
    await page.goto(`${site.scheduler.url}/ui/#/apps`);
    await page.getByRole('link', { name: 'team-0', exact: true }).waitFor();
    await watched(page, session, row, `${name}: groups, looked at`, () => page.waitForTimeout(watchMs));
  } finally {
    await changing.stop();
  }
}

/** What a reader of the interface feels: until the first rows are there, and while they scroll, type and sort. Needs Chromium. */
export async function measureBrowser(site: Site): Promise<void> {
  const why = withoutBrowser();
  if (why !== false) {
    console.log(`
The list in Chromium is left out: ${why}`);
    return;
  }
  const browser = await launchChromium();
  try {
    const row = table(`The list of ${site.apps} apps in Chromium: from the address to the first rows`, [['ms', 9]]);
    for (let i = 1; i <= openings; i++) {
      const { page, firstRowMs } = await openList(browser, site.scheduler.url);
      row(i === 1 ? 'the first page' : `another page`, firstRowMs);
      await page.context().close();
    }
    const { page } = await openList(browser, site.scheduler.url);
    await measureWork(page, site);
  } finally {
    await browser.close();
  }
}
