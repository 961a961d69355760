// An app that is created, changed, and returned to an older version, in the browser alone.
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

interface AppBody {
  readonly app: { readonly version: string; readonly env?: object; readonly instances: number };
}

async function appOf(bundle: Bundle, id: string): Promise<AppBody['app']> {
  return ((await bundle.api('GET', `/v2/apps/${id}`)).body as AppBody).app;
}

const review = (page: Page) => page.getByRole('button', { name: 'Review the change' });
const tab = (page: Page, name: string) => page.getByRole('tab', { name });
const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name, level: 1 });

/** Looks at a page in both colours, and on a phone; `act` brings it to where it is to be looked at. */
async function isAccessible(
  t: Test,
  { browser, url }: { readonly browser: TestBrowser; readonly url: string },
  fragment: string,
  act: (page: Page) => Promise<void>,
): Promise<void> {
  for (const options of [{ colorScheme: 'light' }, { colorScheme: 'dark', width: 390 }] as const) {
    const { page, context, complaints } = await browser.open(url, options);
    await page.goto(`${url}/ui/${fragment}`);
    await act(page);
    t.same(await accessibilityFindings(page), [], `${fragment}, ${options.colorScheme}`);
    const over = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'));
    t.ok(over <= 0, `${fragment}, ${options.colorScheme}: nothing sticks out`);
    t.same(complaints, []);
    await context.close();
  }
}

t.test('an app is created, changed and returned, in the browser alone', { skip: withoutBrowser() }, async (t) => {
  const bundle = await startBundle(t);
  const url = `http://127.0.0.1:${bundle.ports.http}`;
  const browser = await startBrowser(t);
  const { page, complaints } = await browser.open(url, { expects: /status of 4(?:09|22)/ });
  const id = '/shop/web';
  let firstVersion = '';

  await t.test('created with the form, after a mistake was mended', async (t) => {
    await page.goto(`${url}/ui/#/newapp?group=/shop`);
    await page.getByLabel('Id', { exact: true }).fill('/shop/Web');
    await page.getByLabel('Command', { exact: true }).fill('exec python3 -m http.server "$PORT0"');
    await review(page).click();
    await page.getByRole('alert').filter({ hasText: 'lowercase' }).waitFor();
    await page.getByLabel('Id', { exact: true }).fill(id);

    await tab(page, 'Ports').click();
    await page.getByRole('button', { name: 'Add a port' }).click();
    await page.getByRole('group', { name: 'Port 1' }).getByLabel('Name').fill('Not Legal');
    await tab(page, 'Labels').click();
    await page.getByRole('button', { name: 'Add a label' }).click();
    await page.getByLabel('Label 1', { exact: true }).fill('HAPROXY_GROUP');
    await page.getByLabel('Value 1').fill('external');
    await page.getByRole('button', { name: 'Add a label' }).click();
    await page.getByLabel('Label 2', { exact: true }).fill('HAPROXY_0_VHOST');
    await page.getByLabel('Value 2').fill('web.example.local');
    await tab(page, 'Health checks').click();
    await page.getByRole('button', { name: 'Add a health check' }).click();
    const check = page.getByRole('group', { name: 'Health check 1' });
    await check.getByLabel('Grace period (s)').fill('30');
    await check.getByLabel('Interval (s)').fill('1');
    await review(page).click();

    const ports = page.getByRole('tab', { name: 'Ports 1 error' });
    await ports.waitFor();
    t.equal(await ports.getAttribute('aria-selected'), 'true', 'the part with the mistake is shown');
    const name = page.getByRole('group', { name: 'Port 1' }).getByLabel('Name');
    await page.getByText('must fully match regular expression').waitFor();
    await page.getByRole('group', { name: 'Port 1' }).locator('input:focus[aria-invalid=true]').waitFor();
    await name.fill('http');
    await page.getByRole('tab', { name: 'Ports', exact: true }).waitFor();
    await review(page).click();

    await heading(page, `What would become of ${id}`).waitFor();
    await page.getByText(`The app ${id} is created with 1 instance.`).waitFor();
    await page.getByText('There is a place for the new instance').waitFor();
    await page.getByText('web.shop.marathon.mesos', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Apply', exact: true }).click();
    await heading(page, new RegExp(id)).waitFor();
    await running(bundle, id.slice(1), 1);
    await bundle.waitForDeployments();
    const app = await appOf(bundle, id.slice(1));
    firstVersion = app.version;
    t.match(app, {
      portDefinitions: [{ name: 'http' }],
      healthChecks: [{ protocol: 'HTTP', path: '/', gracePeriodSeconds: 30, intervalSeconds: 1 }],
      labels: { HAPROXY_GROUP: 'external', HAPROXY_0_VHOST: 'web.example.local' },
    });
  });

  await t.test('changed as JSON, which the form follows', async (t) => {
    await page.goto(`${url}/ui/#/edit/${encodeURIComponent(id)}?mode=both`);
    const json = page.getByLabel('Definition as JSON');
    const text = await json.inputValue();
    await json.fill(text.replace('{', '{,'));
    await page.getByText('Line 1, column 2').waitFor();
    t.equal(await page.getByLabel('Instances').isDisabled(), true, 'the form waits');
    await json.fill(text.replace('"id"', '"env": {"LEVEL": "debug", "DB_PASSWORD": "one"},\n  "id"'));
    await tab(page, 'Environment').click();
    t.equal(await page.getByLabel('Variable 1', { exact: true }).inputValue(), 'LEVEL');
    await page.getByLabel('Value 1').fill('trace');
    await waitFor('the text to follow', async () => (await json.inputValue()).includes('"LEVEL": "trace"'));

    await review(page).click();
    await page.getByText(`The app ${id} is restarted`).waitFor();
    await page.getByText('replace the instances of').waitFor();
    t.equal(await page.getByText('"one"').count(), 0, 'a password is not shown');
    await page.getByRole('button', { name: 'Back' }).click();
    await review(page).click();
    await page.getByRole('button', { name: 'Apply', exact: true }).click();
    await heading(page, new RegExp(id)).waitFor();
    await waitFor('the change', async () => (await appOf(bundle, id.slice(1))).version !== firstVersion);
    const { version } = await appOf(bundle, id.slice(1));
    await bundle.waitForDeployments();
    await waitFor('new instances', async () =>
      (await bundle.tasks(id.slice(1))).every((task) => task.version === version),
    );
    t.match(await appOf(bundle, id.slice(1)), { env: { LEVEL: 'trace', DB_PASSWORD: 'one' } });
  });

  await t.test('an older version is compared and applied', async (t) => {
    await page.goto(`${url}/ui/#/apps/${encodeURIComponent(id)}/configuration`);
    await page.getByText('env added').waitFor();
    t.equal(await page.getByText('one', { exact: true }).count(), 0, 'the password is hidden');
    await page.getByRole('button', { name: 'Show secrets' }).click();
    await page.getByText('one', { exact: true }).waitFor();
    await page.getByRole('region', { name: 'The two versions' }).getByText('"LEVEL": "trace"').waitFor();
    await page.getByRole('button', { name: /^Apply the version of/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(`The app ${id} is restarted`).waitFor();
    await dialog.getByRole('button', { name: 'Apply this version' }).click();
    await waitFor('the return', async () => (await appOf(bundle, id.slice(1))).env === undefined);
    await page.getByText('env removed').waitFor();
    await bundle.waitForDeployments();
  });

  await t.test('leaving asks when something would be lost, and others who change the same are noticed', async (t) => {
    const place = `#/edit/${encodeURIComponent(id)}`;
    await page.goto(`${url}/ui/${place}`);
    await page.getByLabel('CPUs').fill('0.');
    await page.getByLabel('CPUs').pressSequentially('2');
    t.equal(await page.getByLabel('CPUs').inputValue(), '0.2', 'a number is typed digit by digit');
    await page.getByRole('link', { name: 'Cancel' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    t.ok(page.url().endsWith(place), 'still here');
    t.equal(await page.getByLabel('CPUs').inputValue(), '0.2');

    t.equal((await bundle.api('PUT', `/v2/apps${id}`, { mem: 48 })).status, 200);
    await page.getByText(`${id} was changed meanwhile`).waitFor();
    await page.getByRole('button', { name: 'Keep both' }).click();
    await page.getByText('was changed meanwhile').waitFor({ state: 'hidden' });
    t.equal(await page.getByLabel('Memory (MiB)').inputValue(), '48');
    t.equal(await page.getByLabel('CPUs').inputValue(), '0.2');

    await page.getByRole('link', { name: 'Cancel' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
    await heading(page, new RegExp(id)).waitFor();
    await bundle.waitForDeployments();
  });

  await t.test('an id that is taken, a group, and an example', async (t) => {
    await page.goto(`${url}/ui/#/newapp?copy=${encodeURIComponent(id)}`);
    const field = page.getByLabel('Id', { exact: true });
    await waitFor('the copy', async () => (await field.inputValue()) === `${id}-copy`);
    await field.fill(id);
    await review(page).click();
    await page.getByRole('alert').filter({ hasText: 'is taken' }).waitFor();
    await page.goto('about:blank');

    await page.goto(`${url}/ui/#/newapp`);
    await page.getByLabel('Start from').selectOption({ label: 'A group with a dependency' });
    await page.getByText('A group with 2 applications ').waitFor();
    await page.getByLabel('Start from').selectOption('hello');
    await waitFor('the example', async () => (await field.inputValue()) === '/hello');
    await page.getByRole('button', { name: 'JSON', exact: true }).click();
    const json = page.getByLabel('Definition as JSON');
    await json.fill('{"id": "/p", "apps": [{"id": "one", "cmd": "sleep 1000", "cpus": 0.1, "mem": "much"}]}');
    await page.getByText('A group with 1 application ').waitFor();
    t.equal(await page.getByRole('button', { name: 'Form', exact: true }).isDisabled(), true);
    await review(page).click();
    await page.getByText('/apps(0)/mem').waitFor();
    await json.fill('{"id": "/p", "apps": [{"id": "one", "cmd": "sleep 1000", "cpus": 0.1, "mem": 16}]}');
    await review(page).click();
    await page.getByText('The app /p/one is created').waitFor();
    await page.getByRole('button', { name: 'Apply', exact: true }).click();
    await running(bundle, 'p/one', 1);
  });
  t.same(complaints, []);

  await t.test('everybody can use it', async (t) => {
    const parts = { browser, url };
    await isAccessible(t, parts, '#/newapp?example=web&mode=both', async (page) => {
      for (const name of ['Docker', 'Ports', 'Health checks', 'Volumes', 'Constraints', 'Optional', 'Labels']) {
        await tab(page, name).click();
        t.same(await accessibilityFindings(page), [], name);
      }
      await page.getByLabel('Definition as JSON').fill('{');
      await page.getByRole('alert').first().waitFor();
    });
    await isAccessible(t, parts, `#/edit/${encodeURIComponent(id)}?version=${firstVersion}`, async (page) => {
      await page.getByLabel('CPUs').fill('0.2');
      await review(page).click();
      await heading(page, /What would become/).waitFor();
    });
    await isAccessible(t, parts, `#/apps/${encodeURIComponent(id)}/configuration`, async (page) => {
      await page.getByRole('region', { name: 'The two versions' }).waitFor();
    });
  });
});
