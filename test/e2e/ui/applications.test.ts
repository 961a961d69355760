import t from 'tap';
import type { Locator, Page } from 'playwright-core';
import { accessibilityFindings, startBrowser, withoutBrowser } from '../../support/browser.js';
import { startBundle } from '../support/bundle.js';

const limitMs = 30_000;

/** What a page may say on its console: refused requests, and the scheduler that is away. */
const expects = /status of (409|50\d)|ERR_(CONNECTION|INCOMPLETE|EMPTY)/;

const sleeper = { cmd: 'exec sleep 1000', cpus: 0.05, mem: 16, instances: 1, taskKillGracePeriodSeconds: 1 };

function rowOf(page: Page, name: string | RegExp): Locator {
  return page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });
}

/** Chooses something in the menu of an app or a group. */
async function choose(page: Page, id: string, item: string): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^(Group a|A)ctions for (the group )?${id}$`) }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

async function shows(row: Locator, text: string | RegExp): Promise<void> {
  await row.filter({ hasText: text }).waitFor({ timeout: limitMs });
}

t.test('applications in the browser', { skip: withoutBrowser(), timeout: 180_000 }, async (t) => {
  const [bundle, browser] = await Promise.all([startBundle(t), startBrowser(t)]);
  const base = `http://127.0.0.1:${bundle.ports.http}/ui/`;
  const { page, complaints } = await browser.open(base, { expects });
  const dialog = page.getByRole('dialog');
  const search = page.getByRole('searchbox');

  await t.test('an empty scheduler offers examples, which run at once', async (t) => {
    await page.goto(base);
    await page.getByRole('heading', { level: 1, name: 'Welcome to Ekiden' }).waitFor();
    t.same(await accessibilityFindings(page), []);
    await page.getByRole('button', { name: 'Deploy /hello' }).click();
    const card = page.getByRole('article', { name: 'A shell loop' });
    await card.getByText('Running').waitFor({ timeout: limitMs });
    await card.getByRole('button', { name: 'Deploy /hello' }).click();
    await card.getByRole('alert').filter({ hasText: 'already exists' }).waitFor();
    const dns = page.getByText(`-p ${bundle.ports.dns} web.marathon.mesos`);
    await dns.waitFor({ timeout: limitMs });
    await page.getByText(`:${bundle.ports.haproxyHttp}/`, { exact: false }).first().waitFor();
    await card.getByRole('link', { name: 'See /hello' }).waitFor();
    // From now on the first page is the list
    await page.getByRole('link', { name: 'See the applications' }).click();
    await rowOf(page, 'hello').waitFor();
    await page.getByRole('link', { name: 'Ekiden, first page' }).click();
    await rowOf(page, 'hello').waitFor();
  });

  await t.test('what is created elsewhere appears, is found, and stands in its group', async (t) => {
    await page.goto(`${base}#/apps`);
    await rowOf(page, 'hello').waitFor();
    await bundle.postApp({ ...sleeper, id: '/site/web', instances: 2, labels: { tier: 'front', owner: 'blue' } });
    await bundle.postApp({ ...sleeper, id: '/site/store/db', labels: { tier: 'back', owner: 'blue' } });
    await shows(rowOf(page, 'site'), '3 of 3');
    await shows(rowOf(page, 'site'), '2 applications');

    await page.keyboard.press('/');
    await page.keyboard.type('SITE front');
    await page.getByRole('status').filter({ hasText: '1 of 3 applications' }).waitFor();
    t.equal(await rowOf(page, '/site/web').count(), 1);
    t.match(page.url(), /q=SITE\+front/);
    await page.getByRole('button', { name: 'Clear filters' }).click();
    t.equal(await search.inputValue(), '');

    await page.getByRole('checkbox', { name: 'owner=blue' }).click();
    await page.getByRole('status').filter({ hasText: '2 of 3 applications' }).waitFor();
    await page.getByRole('checkbox', { name: 'Suspended' }).click();
    await page.getByRole('heading', { name: 'No application matches' }).waitFor();
    await page.getByRole('button', { name: 'Remove this filter: The status' }).click();
    await rowOf(page, '/site/store/db').waitFor();
    // The address holds all of it
    await page.reload();
    await page.getByRole('status').filter({ hasText: '2 of 3 applications' }).waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();

    await page.getByRole('link', { name: 'site', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: '/site' }).waitFor();
    await rowOf(page, 'store').waitFor();
    t.equal(await rowOf(page, 'hello').count(), 0);
    await page.getByRole('link', { name: 'store', exact: true }).click();
    await rowOf(page, 'db').waitFor();
    await page.getByRole('navigation', { name: 'Groups above' }).getByRole('link', { name: 'site' }).click();
    await rowOf(page, 'web').waitFor();
  });

  await t.test('columns sort, and the keyboard goes from row to row', async (t) => {
    await page.goto(`${base}#/apps?view=list`);
    await rowOf(page, '/site/web').waitFor();
    const names = (): Promise<string[]> => page.getByRole('table').getByRole('link', { name: /^\// }).allTextContents();
    t.same(await names(), ['/hello', '/site/store/db', '/site/web']);
    await page.getByRole('columnheader', { name: 'Instances' }).getByRole('button').click();
    await page.getByRole('columnheader', { name: 'Instances' }).and(page.locator('[aria-sort=descending]')).waitFor();
    t.same(await names(), ['/site/web', '/hello', '/site/store/db']);
    await page.getByRole('link', { name: '/site/web', exact: true }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    t.equal(await page.evaluate('document.activeElement.textContent'), '/hello');
  });

  await t.test('an app is scaled, restarted, suspended and destroyed in its menu', async (t) => {
    await choose(page, '/site/web', 'Scale …');
    await dialog.getByLabel('Instances').fill('3');
    await dialog.getByRole('button', { name: 'Scale' }).click();
    await shows(rowOf(page, '/site/web'), '3 of 3');
    await bundle.waitForDeployments();

    const before = (await bundle.tasks('/hello')).map(({ id }) => id);
    await choose(page, '/hello', 'Restart …');
    await dialog.getByRole('button', { name: 'Restart' }).click();
    await page.getByText('/hello is being restarted').waitFor();
    await bundle.waitForDeployments();
    t.notSame(
      (await bundle.tasks('/hello')).map(({ id }) => id),
      before,
    );

    await choose(page, '/hello', 'Suspend …');
    await dialog.getByRole('button', { name: 'Suspend' }).click();
    await shows(rowOf(page, '/hello'), 'Suspended');
    await bundle.waitForDeployments();

    await choose(page, '/hello', 'Destroy …');
    const destroy = dialog.getByRole('button', { name: 'Destroy' });
    t.equal(await destroy.isDisabled(), true);
    await dialog.getByLabel(/^Type/).fill('/hello');
    await destroy.click();
    await rowOf(page, '/hello').waitFor({ state: 'detached', timeout: limitMs });
  });

  await t.test('what a deployment is in the way of goes on by force', async (t) => {
    await bundle.postApp({ ...sleeper, id: '/lonely', instances: 2, constraints: [['hostname', 'UNIQUE']] });
    await shows(rowOf(page, '/lonely'), /Waiting|Delayed/);
    await choose(page, '/lonely', 'Scale …');
    await dialog.getByLabel('Instances').fill('1');
    await dialog.getByRole('button', { name: 'Scale' }).click();
    await dialog.filter({ hasText: 'Another deployment is under way' }).waitFor();
    await dialog.getByRole('button', { name: 'Go on by force' }).click();
    await shows(rowOf(page, '/lonely'), '1 of 1');
    await bundle.waitForDeployments();
    t.equal((await bundle.tasks('/lonely')).length, 1);
  });

  await t.test('a group is scaled and destroyed as one', async (t) => {
    await page.goto(`${base}#/apps`);
    await shows(rowOf(page, 'site'), '4 of 4');
    await choose(page, '/site', 'Scale group …');
    await dialog.getByLabel('Factor').fill('0.5');
    await dialog.getByRole('row', { name: '/site/web 3 2' }).waitFor();
    await dialog.getByRole('button', { name: 'Scale' }).click();
    await shows(rowOf(page, 'site'), '3 of 3');
    await bundle.waitForDeployments();

    await page.getByRole('link', { name: 'site', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: '/site' }).waitFor();
    await choose(page, '/site', 'Destroy group …');
    await dialog.filter({ hasText: '2 applications with 3 instances' }).waitFor();
    await dialog.getByLabel(/^Type/).fill('/site');
    await dialog.getByRole('button', { name: 'Destroy' }).click();
    // To the group above
    await page.getByRole('heading', { level: 1, name: 'Applications' }).waitFor();
    await rowOf(page, 'site').waitFor({ state: 'detached', timeout: limitMs });
    t.equal((await bundle.api('GET', '/v2/groups/site')).status, 404);
  });

  await t.test('while the scheduler is away, what is known stays; then it goes on', async (t) => {
    await rowOf(page, 'lonely').waitFor();
    const away = page.getByText(/^Reconnecting/).waitFor({ timeout: limitMs });
    await bundle.kill('scheduler');
    await away;
    t.equal(await rowOf(page, 'lonely').count(), 1);
    await bundle.ready();
    await page.getByText('Live', { exact: true }).waitFor({ timeout: limitMs });
    await bundle.postApp({ ...sleeper, id: '/later' });
    await shows(rowOf(page, 'later'), '1 of 1');
  });

  await t.test('everybody can use it', async (t) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [1280, 390]) {
        const opened = await browser.open(base, { colorScheme, width });
        await opened.page.goto(`${base}#/apps?view=list`);
        await rowOf(opened.page, '/later').waitFor();
        t.same(await accessibilityFindings(opened.page), [], `list, ${colorScheme}, ${width}`);
        const isWide = await opened.page.evaluate('document.documentElement.scrollWidth > innerWidth');
        t.equal(isWide, false, 'nothing is wider than the window');
        await opened.page.getByRole('button', { name: 'Actions for /later' }).click();
        t.same(await accessibilityFindings(opened.page), [], `menu, ${colorScheme}, ${width}`);
        await opened.page.goto(`${base}#/apps?q=nothing`);
        await opened.page.getByRole('heading', { name: 'No application matches' }).waitFor();
        t.same(await accessibilityFindings(opened.page), [], `nothing, ${colorScheme}, ${width}`);
        if (colorScheme === 'dark') {
          await opened.page.goto(`${base}#/welcome`);
          await opened.page.getByRole('heading', { level: 1, name: 'Welcome to Ekiden' }).waitFor();
          t.same(await accessibilityFindings(opened.page), [], `welcome, ${colorScheme}, ${width}`);
        }
        t.same(opened.complaints, []);
        await opened.context.close();
      }
    }
  });

  t.same(complaints, []);
});
