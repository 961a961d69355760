import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Test } from 'tap';

const executablePath = '/usr/bin/chromium';

/** Why tests that open the web interface are skipped; false when they are not. */
export function withoutBrowser(): string | false {
  return existsSync(executablePath) ? false : 'there is no Chromium here (Debian package chromium)';
}

export interface OpenedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page has complained of: exceptions, errors on its console, requests to other servers. */
  readonly complaints: readonly string[];
}

export interface PageOptions {
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
  /** Errors on the console that are meant to be there: answers of 4xx, a connection that breaks. */
  readonly expects?: RegExp;
}

/** A browser of this test; it ends with it. */
export interface TestBrowser {
  /** Opens a page; whatever it asks of another server than `baseUrl` is refused, and is a complaint. */
  open(baseUrl: string, options?: PageOptions): Promise<OpenedPage>;
}

/** Starts Debian's Chromium; whoever starts it closes it. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Starts a browser for a test. */
export async function startBrowser(t: Test): Promise<TestBrowser> {
  const browser = await launchChromium();
  t.teardown(() => browser.close());
  return {
    async open(baseUrl, { colorScheme = 'light', width = 1280, height = 800, expects } = {}) {
      const context = await browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: 'reduce' });
      const page = await context.newPage();
      page.setDefaultTimeout(20_000);
      const complaints: string[] = [];
      const complain = (text: string): void => {
        if (expects?.test(text) !== true) complaints.push(text);
      };
      const own = new URL(baseUrl).host;
      page.on('pageerror', (error) => complain(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') complain(message.text());
      });
      await context.route(
        (url) => url.protocol.startsWith('http') && url.host !== own,
        async (route) => {
          complain(`asked for ${route.request().url()}`);
          await route.abort();
        },
      );
      return { page, context, complaints };
    },
  };
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeFinding {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
}

/** What axe-core finds on a page that is serious or worse (WCAG 2 A and AA, and its best practices), one line for each place. */
export async function accessibilityFindings(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run: () => Promise<{ violations: readonly AxeFinding[] }> } };
    return (await axe.run()).violations;
  });
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, impact, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${impact} ${id}: ${target.join(' ')} ${failureSummary ?? ''}`),
    );
}
