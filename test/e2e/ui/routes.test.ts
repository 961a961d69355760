// What Bamboo's users did in its page (user-examples.md §10), in the browser alone.
import type { Page } from 'playwright-core';
import t from 'tap';
import { accessibilityFindings, startBrowser, withoutBrowser } from '../../support/browser.js';
import { withoutHaproxy } from '../../support/haproxy.js';
import { waitFor } from '../../support/wait.js';
import { startBundle } from '../support/bundle.js';
import { echoCommand, readEcho } from '../support/echo-app.js';
import { running } from '../support/running.js';

t.setTimeout(180_000);

const list = (page: Page) => page.getByRole('list', { name: /^Rules in the order/ });
const line = (page: Page, id: string) =>
  list(page)
    .getByRole('listitem')
    .filter({ has: page.getByText(id, { exact: true }) });
/** The ids of the rules that are tried, as they stand in the list. */
const tried = (page: Page): Promise<string[]> =>
  list(page)
    .getByRole('listitem')
    .filter({ has: page.getByRole('button', { name: /^Move .* up$/ }) })
    .locator('strong')
    .allTextContents();

/** Opens a view by what leads to it, and looks whether everybody can use it, in both themes. */
async function findingsOf(page: Page, view: string, isThere: () => Promise<unknown>): Promise<string[]> {
  await page.getByRole('link', { name: view, exact: true }).click();
  await isThere();
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // The charts follow the colours when the page is drawn next
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    for (const finding of await accessibilityFindings(page)) found.push(`${view}, ${colorScheme}: ${finding}`);
  }
  return found;
}

t.test('rules in the browser', { skip: withoutBrowser() || withoutHaproxy() }, async (t) => {
  const bundle = await startBundle(t);
  for (const id of ['ghost-0', 'ghost-1']) {
    await bundle.postApp({ id, cmd: echoCommand, instances: 1, ports: [0], cpus: 0.1, mem: 32 });
  }
  await running(bundle, 'ghost-0', 1);
  await running(bundle, 'ghost-1', 1);
  const browser = await startBrowser(t);
  /** The app whose instance answers. */
  const taker = async (path: string, host?: string): Promise<string> => {
    const { status, text } = await bundle.route(path, host === undefined ? {} : { host });
    return status === 200 ? (readEcho(text).taskId.split('.')[0] ?? '') : String(status);
  };

  const address = `http://127.0.0.1:${bundle.ports.lb}/`;
  // A rule that is refused is answered 422, a revert that is in the way of another change 409
  const { page, complaints } = await browser.open(address, { expects: /status of (?:409|422)/ });
  await page.goto(`${address}#/main`);
  t.equal(new URL(page.url()).pathname, '/ui/', 'the address of Bamboo leads to it');
  t.equal(await taker('/', 'ghost.local'), '503');

  await t.test('a rule is added', async (t) => {
    await line(page, '/ghost-0').getByText('No rule').waitFor();
    await page.getByRole('link', { name: 'Add a rule for /ghost-0' }).click();
    const acl = page.getByRole('textbox', { name: 'ACL' });
    await acl.fill('hdrs(host) -i ghost.local');
    await page.getByText('Refused', { exact: true }).waitFor();
    t.equal(await page.locator('mark').textContent(), 'hdrs', 'what is wrong is marked');
    t.equal(await acl.getAttribute('aria-invalid'), 'true');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The rule was not saved').waitFor();
    t.match(await page.getByRole('alert').filter({ hasText: 'was not saved' }).textContent(), '"hdrs" cannot be used');

    await page.getByRole('textbox', { name: 'Hosts' }).fill('ghost.local');
    await page.getByRole('button', { name: 'Use this' }).click();
    t.equal(await acl.inputValue(), 'hdr(host) -i ghost.local');
    const plan = page.getByRole('region', { name: 'Plan' });
    await plan.getByText('Accepted', { exact: true }).waitFor();
    await plan.getByText('host ghost.local', { exact: true }).waitFor();
    t.match(await plan.textContent(), 'now nobody, 503, then the rule of /ghost-0', 'the plan has an example');
    await page.getByRole('textbox', { name: 'Host', exact: true }).fill('ghost.local');
    await page.getByRole('button', { name: 'Try it' }).click();
    await page.getByText('no route fits, so it is answered 503').waitFor();
    await page.getByText('It is taken by the rule of /ghost-0').waitFor();
    t.equal(await taker('/', 'ghost.local'), '503', 'nothing has been done yet');

    await page.getByRole('button', { name: 'Save' }).click();
    await line(page, '/ghost-0').getByText('In force').waitFor();
    await line(page, '/ghost-0').getByText('1 of 1 up').waitFor();
    await waitFor('the request to reach it', async () => (await taker('/', 'ghost.local')) === 'ghost-0');
  });

  await t.test('another one through the scheduler, seen live', async (t) => {
    const scheduler = `http://127.0.0.1:${bundle.ports.http}/ui/`;
    const other = await browser.open(scheduler);
    await other.page.goto(`${scheduler}#/routes`);
    await other.page.getByRole('link', { name: 'New rule' }).click();
    await other.page.getByRole('combobox', { name: 'App (Marathon ID)' }).fill('/ghost-1');
    await other.page.getByRole('textbox', { name: 'ACL' }).fill('path_beg /blog');
    await other.page.getByText('Accepted', { exact: true }).waitFor();
    await other.page.getByRole('button', { name: 'Save' }).click();
    await line(other.page, '/ghost-1').getByText('In force').waitFor();
    t.equal(
      await line(other.page, '/ghost-1').getByRole('link', { name: '/ghost-1', exact: true }).getAttribute('href'),
      '#/apps/%2Fghost-1',
    );
    await line(page, '/ghost-1').getByText('In force').waitFor();
    await waitFor('the request to reach it', async () => (await taker('/blog')) === 'ghost-1');
    t.equal(await taker('/blog', 'ghost.local'), 'ghost-0', 'a host goes before a path');
    t.same(await findingsOf(other.page, 'Rules', () => list(other.page).waitFor()), []);
    t.same(other.complaints, []);
  });

  await t.test('their order is changed', async (t) => {
    t.same(await tried(page), ['/ghost-0', '/ghost-1']);
    await page.getByRole('button', { name: 'Move /ghost-1 up' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Accepted', { exact: true }).waitFor();
    await dialog.getByRole('button', { name: 'Change' }).click();
    await waitFor('the other order', async () => (await tried(page))[0] === '/ghost-1');
    await waitFor('requests to follow', async () => (await taker('/blog', 'ghost.local')) === 'ghost-1');

    await line(page, '/ghost-0')
      .locator('[draggable=true]')
      .dragTo(line(page, '/ghost-1'), {
        targetPosition: { x: 30, y: 3 },
      });
    await dialog.getByText('Accepted', { exact: true }).waitFor();
    await dialog.getByRole('button', { name: 'Change' }).click();
    await waitFor('the first order', async () => (await tried(page))[0] === '/ghost-0');
    await waitFor('requests to follow', async () => (await taker('/blog', 'ghost.local')) === 'ghost-0');
  });

  await t.test('everybody can use it', async (t) => {
    t.same(await findingsOf(page, 'Rules', () => list(page).waitFor()), []);
    await page.getByRole('button', { name: 'Servers of /ghost-0' }).click();
    await page.getByRole('region', { name: 'Servers of /ghost-0' }).getByText('UP').waitFor();
    t.same(
      await findingsOf(page, 'Try a request', async () => {
        await page.getByRole('textbox', { name: 'Host', exact: true }).fill('ghost.local');
        await page.getByRole('button', { name: 'Try it' }).click();
        await page.getByRole('heading', { name: /^Backend ghost-0/ }).waitFor();
      }),
      [],
    );
    t.same(await findingsOf(page, 'All routes', () => page.getByText('1–2 of 2').waitFor()), []);
    t.same(
      await findingsOf(page, 'HAProxy', async () => {
        await page.locator('canvas').first().waitFor();
        await page.getByText('default_backend').or(page.getByText('description ekiden-lb')).first().waitFor();
      }),
      [],
    );
    await page.getByRole('searchbox', { name: 'Search haproxy.cfg' }).fill('ghost-1');
    await page
      .getByRole('table', { name: 'haproxy.cfg' })
      .getByText(/^backend ghost-1/)
      .waitFor();
    await page.getByRole('link', { name: 'Rules', exact: true }).click();
    t.same(
      await findingsOf(page, 'Edit the rule of /ghost-0', () => page.getByText('Accepted', { exact: true }).waitFor()),
      [],
    );
  });

  await t.test('a change is taken back', async (t) => {
    t.same(await findingsOf(page, 'History', () => page.getByRole('list', { name: 'Changes of rules' }).waitFor()), []);
    await page.getByRole('button', { name: 'Revert change 1 of /ghost-0' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('The rule is deleted').waitFor();
    await dialog.getByRole('button', { name: 'Revert' }).click();
    await dialog.getByRole('button', { name: 'Revert all the same' }).click();
    await page.getByText('Deleted, taking back change 1').waitFor();
    await waitFor('the request to be refused', async () => (await taker('/', 'ghost.local')) === '503');
    await page.getByRole('link', { name: 'Rules', exact: true }).click();
    await line(page, '/ghost-0').getByText('No rule').waitFor();
  });
  t.same(complaints, []);
});
