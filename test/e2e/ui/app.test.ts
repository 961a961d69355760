// The page of an app as a user has it: instances, killing, logs, files, why something waits, what happened.
import { readFileSync } from 'node:fs';
import type { Test } from 'tap';
import t from 'tap';
import { accessibilityFindings, startBrowser, withoutBrowser } from '../../support/browser.js';
import type { OpenedPage, TestBrowser } from '../../support/browser.js';
import { waitFor } from '../../support/wait.js';
import { startBundle } from '../support/bundle.js';
import type { Bundle } from '../support/bundle.js';
import { running } from '../support/running.js';

t.setTimeout(180_000);

type Page = OpenedPage['page'];

const shell = {
  id: '/shell',
  cmd: 'mkdir -p logs; echo "in a folder" > logs/deep.txt; i=0; while true; do i=$((i+1)); echo "Hello Marathon $i"; sleep 0.2; done',
  cpus: 0.1,
  mem: 10,
  instances: 3,
  taskKillGracePeriodSeconds: 1,
};
const tooBig = { id: '/group/big', cmd: 'sleep 1000', cpus: 200, mem: 10, instances: 2 };
const pod = {
  id: '/pod',
  scaling: { kind: 'fixed', instances: 1 },
  networks: [{ mode: 'host' }],
  containers: ['one', 'two'].map((name) => ({
    name,
    exec: { command: { shell: `echo "this is ${name}"; sleep 1000` } },
    resources: { cpus: 0.1, mem: 16 },
  })),
};

const instancesOf = (page: Page) => page.getByRole('table', { name: 'Instances of /shell' });

/** Waits until the list shows exactly these tasks. */
async function showsExactly(page: Page, ids: readonly string[]): Promise<void> {
  const table = instancesOf(page);
  for (const id of ids) await table.locator(`a[title="${id}"]`).waitFor();
  await waitFor('the others to go', async () => (await table.locator('tbody tr').count()) === ids.length);
}

async function taskIds(bundle: Bundle, count: number): Promise<string[]> {
  return (await running(bundle, 'shell', count)).map(({ id }) => id);
}

/** Looks at a page in both colours, and on a phone. */
async function isAccessible(t: Test, browser: TestBrowser, url: string, fragment: string, name: string): Promise<void> {
  for (const options of [{ colorScheme: 'light' }, { colorScheme: 'dark', width: 390 }] as const) {
    const { page, context, complaints } = await browser.open(url, options);
    await page.goto(`${url}/ui/${fragment}`);
    await page.getByRole('navigation', { name: /^(Views|Sandbox) of/ }).waitFor();
    await page.getByText(/^Reading /).waitFor({ state: 'hidden' });
    t.same(await accessibilityFindings(page), [], `${name}, ${options.colorScheme}`);
    const over = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'));
    t.ok(over <= 0, `${name}, ${options.colorScheme}: nothing sticks out`);
    t.same(complaints, []);
    await context.close();
  }
}

t.test('the page of an app', { skip: withoutBrowser() }, async (t) => {
  const bundle = await startBundle(t);
  const url = `http://127.0.0.1:${bundle.ports.http}`;
  const browser = await startBrowser(t);
  await bundle.postApp(shell);
  await bundle.postApp(tooBig);
  t.equal((await bundle.api('POST', '/v2/pods', pod)).status, 201);
  const first = await taskIds(bundle, 3);

  const { page, complaints } = await browser.open(url, { expects: /40[49]/ });
  await page.goto(`${url}/ui/#/apps/%2Fshell`);
  await page.getByRole('heading', { level: 1, name: '/shell' }).waitFor();
  await showsExactly(page, first);
  t.pass('all instances are listed');

  await t.test('kill: another one takes its place', async (t) => {
    const row = instancesOf(page).getByRole('row').nth(1);
    const killed = (await row.locator('a[title^="shell.instance"]').getAttribute('title')) ?? '';
    t.ok(first.includes(killed));
    await row.getByRole('button', { name: /^Actions on/ }).click();
    await page.getByRole('menuitem', { name: 'Kill', exact: true }).click();
    await page.getByRole('dialog').getByText('A new one takes its place.').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Kill' }).click();
    await instancesOf(page).locator(`a[title="${killed}"]`).waitFor({ state: 'detached' });
    const now = await taskIds(bundle, 3);
    t.notOk(now.includes(killed));
    await showsExactly(page, now);
  });

  await t.test('kill & scale: one less', async () => {
    const before = await taskIds(bundle, 3);
    await instancesOf(page)
      .getByRole('checkbox', { name: /^Select [\da-f]{8}$/ })
      .first()
      .check();
    const selected = page.getByRole('group', { name: 'Selected instances' });
    await selected.getByText('1 selected').waitFor();
    await selected.getByRole('button', { name: 'Kill & scale' }).click();
    await page.getByRole('dialog').getByText('is scaled from 3 to 2 instances').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Kill & scale' }).click();
    await page.getByText('2 running, health unknown').waitFor();
    const now = await taskIds(bundle, 2);
    t.ok(now.every((id) => before.includes(id)));
    await showsExactly(page, now);
  });

  const [task = ''] = await taskIds(bundle, 2);

  await t.test('stdout as it comes, searched, and left alone', async (t) => {
    await instancesOf(page)
      .locator('tr', { has: page.locator(`a[title="${task}"]`) })
      .getByRole('link', { name: /^stdout/ })
      .click();
    const content = page.getByRole('region', { name: 'Content of stdout' });
    await content.getByText('Hello Marathon 1', { exact: false }).first().waitFor();
    const lines = async (): Promise<number> => ((await content.textContent()) ?? '').split('\n').length;
    const before = await lines();
    await waitFor('more lines', async () => (await lines()) > before + 2);
    await page.getByRole('checkbox', { name: 'Follow' }).uncheck();
    await page.getByRole('searchbox', { name: /stdout/ }).fill('marathon 2');
    await page
      .getByRole('status')
      .getByText(/^\d+ of \d+$/)
      .waitFor();
    t.equal(await content.locator('mark.is-current').textContent(), 'Marathon 2');
    t.ok(page.url().includes('file=stdout'), 'the place has an address');
  });

  await t.test('files: into a folder, and onto the disk', async (t) => {
    await page.getByRole('navigation', { name: 'Sandbox of the task' }).getByRole('link', { name: 'Files' }).click();
    await page.getByRole('link', { name: 'logs/' }).click();
    const downloading = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download deep.txt' }).click();
    const download = await downloading;
    t.equal(download.suggestedFilename(), 'deep.txt');
    t.equal(readFileSync(await download.path(), 'utf8'), 'in a folder\n');
    await page.getByRole('link', { name: 'deep.txt', exact: true }).click();
    await page.getByText('in a folder').waitFor();
    await page.getByRole('navigation', { name: 'Breadcrumbs' }).getByRole('link', { name: 'shell' }).click();
    await instancesOf(page).waitFor();
  });

  await t.test('the timeline tells of all that', async () => {
    await page.getByRole('link', { name: 'Timeline' }).click();
    const timeline = page.getByRole('region', { name: 'Timeline of /shell' });
    await timeline.getByRole('listitem').filter({ hasText: /Ended/ }).first().waitFor();
    await timeline
      .getByText(/by request/)
      .first()
      .waitFor();
    const all = await timeline.getByRole('listitem').count();
    await timeline.getByRole('button', { name: /^Deployments/ }).click();
    await waitFor('only deployments', async () => (await timeline.getByRole('listitem').count()) < all);
  });

  await t.test('a task that has ended still tells why', async () => {
    const now = await taskIds(bundle, 2);
    const ended = first.find((id) => !now.includes(id)) ?? '';
    await page.goto(`${url}/ui/#/apps/%2Fshell/tasks/${ended}?file=stdout`);
    await page.getByText('Why it ended').waitFor();
    await page.getByRole('region', { name: 'Content of stdout' }).getByText('Hello Marathon').first().waitFor();
  });

  await t.test('what cannot be placed says why', async () => {
    await page.goto(`${url}/ui/#/apps/%2Fgroup%2Fbig`);
    const notice = page.getByText(/2 of 2 instances are not placed: each needs 200 cpus/);
    await notice.waitFor();
    await notice.getByRole('link', { name: 'Debug' }).click();
    const reasons = page.getByRole('table', { name: 'Reasons' });
    await reasons.getByRole('row').filter({ hasText: 'CPUs' }).filter({ hasText: '200 cpus' }).waitFor();
    await page.getByText(/^Lowering cpus from 200 to/).waitFor();
    await page.getByRole('table', { name: 'Agents' }).getByRole('row').nth(1).waitFor();
  });

  await t.test('a pod lists the containers of its instances', async () => {
    await page.goto(`${url}/ui/#/apps/%2Fpod`);
    const containers = page.getByRole('table', { name: 'Instances of /pod' });
    await containers
      .getByRole('listitem')
      .filter({ hasText: 'two' })
      .getByRole('link', { name: /^stdout/ })
      .click();
    await page.getByRole('region', { name: 'Content of stdout' }).getByText('this is two').waitFor();
  });

  await t.test('an app that is not there: what may be meant', async () => {
    await page.goto(`${url}/ui/#/apps/%2Fshel`);
    await page.getByText('There is no app or pod /shel').waitFor();
    await page.getByRole('link', { name: '/shell', exact: true }).click();
    await instancesOf(page).waitFor();
  });

  await t.test('to be read by everybody, in both colours, on a phone', async (t) => {
    await isAccessible(t, browser, url, '#/apps/%2Fshell', 'instances');
    await isAccessible(t, browser, url, '#/apps/%2Fshell/timeline', 'timeline');
    await isAccessible(t, browser, url, '#/apps/%2Fgroup%2Fbig/debug', 'debug');
    await isAccessible(t, browser, url, '#/apps/%2Fpod', 'pod');
    await isAccessible(t, browser, url, `#/apps/%2Fshell/tasks/${task}`, 'files');
    await isAccessible(t, browser, url, `#/apps/%2Fshell/tasks/${task}?file=stdout&follow=true`, 'log');
  });

  await t.test('a deployment in the way is overruled, then the app is destroyed', async (t) => {
    await page.goto(`${url}/ui/#/apps/%2Fgroup%2Fbig`);
    await page.getByText(/^In deployment/).waitFor();
    await page.getByRole('button', { name: 'Suspend' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click();
    await page.getByRole('dialog', { name: 'Another deployment is under way' }).waitFor();
    await page.getByRole('button', { name: 'Go on by force' }).click();
    await page.getByText('It is suspended: no instances are wanted.', { exact: false }).waitFor();
    await page.getByRole('button', { name: 'Destroy' }).click();
    await page.getByLabel(/^Type/).fill('/group/big');
    await page.getByRole('dialog').getByRole('button', { name: 'Destroy' }).click();
    await page.waitForURL(/#\/group\/%2Fgroup$/);
    await waitFor('it to be gone', async () => (await bundle.api('GET', '/v2/apps/group/big')).status === 404);
    await page.goBack();
    await page.getByText(/no app or pod \/group\/big|does not exist any more/).waitFor();
    t.equal(await page.getByRole('button', { name: 'Destroy' }).count(), 0);
  });

  t.same(complaints, []);
});
