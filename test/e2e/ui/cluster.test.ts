// The pages about the cluster, in a browser, against all of Ekiden as it runs: deployments, queue, nodes, DNS, events, about, endpoints.
import { readFileSync } from 'node:fs';
import type { Locator } from 'playwright-core';
import t from 'tap';
import type { Test } from 'tap';
import { accessibilityFindings, startBrowser, withoutBrowser } from '../../support/browser.js';
import { waitFor } from '../../support/wait.js';
import { startBundle } from '../support/bundle.js';
import type { Bundle } from '../support/bundle.js';

t.setTimeout(240_000);

const web = {
  id: '/prod/web',
  instances: 2,
  cpus: 0.1,
  mem: 32,
  cmd: `exec '${process.execPath}' -e 'require("http").createServer((q, a) => a.end("here")).listen(+process.env.PORT0)'`,
  portDefinitions: [{ port: 0, name: 'http' }],
  labels: { HAPROXY_GROUP: 'external', HAPROXY_0_VHOST: 'web.local' },
  healthChecks: [{ protocol: 'HTTP', path: '/', intervalSeconds: 1, gracePeriodSeconds: 120, delaySeconds: 0 }],
  upgradeStrategy: { minimumHealthCapacity: 0.5, maximumOverCapacity: 0 },
};

/** Fits nowhere. */
const big = { id: '/big', instances: 2, cpus: 4000, mem: 32, cmd: 'exec sleep 1000' };

async function put(bundle: Bundle, path: string, body: object): Promise<void> {
  const { status, text } = await bundle.api('PUT', path, body);
  if (status !== 200) throw new Error(`PUT ${path}: ${status} ${text}`);
}

async function cmdOfWeb(bundle: Bundle): Promise<unknown> {
  const { body } = await bundle.api('GET', '/v2/apps//prod/web');
  return (body as { app: { cmd: string } }).app.cmd;
}

t.test('the pages about the cluster', { skip: withoutBrowser() }, async (t) => {
  const [bundle, browser] = await Promise.all([startBundle(t, ['--attributes=rack:r1']), startBrowser(t)]);
  await bundle.postApp(web);
  await bundle.waitForDeployments();
  await bundle.postApp(big);
  const base = `http://127.0.0.1:${bundle.ports.http}/ui/`;
  const { page, complaints } = await browser.open(base);
  await page.goto(base);

  const visit = async (place: string, title: string): Promise<void> => {
    await page.goto(`${base}#/${place}`);
    await page.getByRole('heading', { name: title, level: 1 }).waitFor();
  };
  /** Nobody is left out, in either theme. */
  const accessible = async (t: Test): Promise<void> => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      t.same(await accessibilityFindings(page), [], colorScheme);
    }
  };
  const seen = (locator: Locator): Promise<void> => locator.first().waitFor();

  await t.test('queue: why an app waits', async (t) => {
    await visit('queue', 'Queue');
    const entry = page.getByRole('region', { name: 'Queue entry of /big' });
    await seen(entry.getByText('2 instances'));
    await seen(entry.getByRole('cell', { name: 'too few CPUs' }));
    const need = entry.getByRole('row', { name: /One instance needs/ });
    t.match(await need.textContent(), /4000.*32 MiB/);
    t.equal(await entry.getByRole('link', { name: '/big' }).getAttribute('href'), '#/apps/%2Fbig/debug');
    await accessible(t);
  });

  await t.test('deployments: watched live, rolled back, stopped by force', async (t) => {
    await visit('deployments', 'Deployments');
    const card = page.getByRole('region', { name: 'Deployment of /prod/web' });
    t.equal(await card.count(), 0);
    // Never healthy: it goes as far as its upgrade strategy lets it
    await put(bundle, '/v2/apps//prod/web', { cmd: 'exec sleep 1000' });
    const instances = card.getByRole('table', { name: 'Instances of /prod/web' });
    await seen(instances.getByRole('row', { name: /before.*running.*healthy/ }));
    await seen(instances.getByRole('row', { name: /new.*running.*no result yet|new.*running.*unhealthy/ }));
    await seen(card.getByText(/Waiting: 0 of 2 instances of \/prod\/web are healthy/));
    await accessible(t);

    await card.getByRole('button', { name: 'Roll back the deployment of /prod/web' }).click();
    const question = page.getByRole('dialog', { name: 'Roll back this deployment?' });
    await seen(question.getByText('Another deployment begins'));
    await question.getByRole('button', { name: 'Roll back' }).click();
    const ended = page.getByRole('region', { name: 'Ended while this page was open' }).getByRole('listitem');
    await seen(ended.filter({ hasText: '/prod/web' }).filter({ hasText: 'Stopped' }));
    await seen(ended.filter({ hasText: '/prod/web' }).filter({ hasText: 'Done' }));
    t.equal(await cmdOfWeb(bundle), web.cmd, 'it is what it was');
    t.equal(await card.count(), 0);

    const stuck = page.getByRole('region', { name: 'Deployment of /big' });
    await stuck.getByRole('button', { name: 'Stop the deployment of /big' }).click();
    const sure = page.getByRole('dialog', { name: 'Stop this deployment where it is?' });
    await seen(sure.getByText('Nothing is undone'));
    await sure.getByRole('button', { name: 'Stop by force' }).click();
    await seen(ended.filter({ hasText: '/big' }).filter({ hasText: 'Stopped' }));
    await seen(page.getByText('No deployment is under way.'));
    t.equal((await bundle.api('GET', '/v2/apps//big')).status, 200, 'the app stays');
  });

  await t.test('nodes: the agent, what is used of it, its tasks', async (t) => {
    await visit('nodes', 'Nodes');
    const agent = page.getByRole('region', { name: /^Agent / });
    await seen(agent.getByText('rack'));
    await seen(agent.getByRole('img', { name: 'CPUs: 0.2 of 8 used' }));
    await agent.getByText('2 tasks').click();
    const tasks = agent.getByRole('table', { name: /^Tasks on / });
    await seen(tasks.getByRole('link', { name: '/prod/web', exact: true }));
    t.equal(await tasks.getByRole('row').count(), 3);
    await seen(
      page.getByRole('table', { name: 'Frameworks' }).getByRole('row', { name: /marathon \(this scheduler\)/ }),
    );
    await accessible(t);
    await page.getByRole('searchbox').fill('rack:r9');
    await seen(page.getByText('No agent is like that.'));
    await page.getByRole('searchbox').fill('rack:r1 /prod/web');
    await seen(agent);
  });

  await t.test('DNS: a name answered and explained, and a wrong one', async (t) => {
    await visit('dns', 'DNS');
    await seen(page.getByRole('link', { name: '_web-prod._tcp.marathon.mesos' }));
    await page.getByRole('combobox', { name: 'Name', exact: true }).fill('wep-prod.marathon.mesos');
    await page.getByRole('button', { name: 'Look up' }).click();
    const answer = page.getByLabel('The answer as dig shows it');
    await seen(answer.getByText(/status: NXDOMAIN[^]*AUTHORITY SECTION:\nmesos\./));
    const missed = page.getByRole('region', { name: 'Answer for wep-prod.marathon.mesos A' });
    await missed.getByRole('link', { name: 'web-prod.marathon.mesos' }).click();
    await seen(
      answer.getByText(/status: NOERROR[^]*ANSWER SECTION:\nweb-prod\.marathon\.mesos\. +60 IN A 127\.0\.0\.1/),
    );
    const owners = page.getByRole('table', { name: 'Records and whose they are' });
    await seen(owners.getByRole('link', { name: '/prod/web', exact: true }));
    await seen(page.getByRole('table', { name: 'Name servers' }).getByText('synced'));
    await accessible(t);
    await page.getByRole('searchbox', { name: 'Filter the names' }).fill('leader.mes');
    const names = page.getByRole('table', { name: 'Names and their records' });
    await waitFor('the names that are filtered', async () => (await names.getByRole('row').count()) === 2);
    await names.getByRole('link', { name: 'leader.mesos', exact: true }).click();
    await page.getByRole('region', { name: 'Answer for leader.mesos A' }).waitFor();
  });

  await t.test('events: live, filtered, paused, opened, downloaded', async (t) => {
    await visit('events', 'Events');
    await seen(page.getByText('Listening'));
    await put(bundle, '/v2/apps//prod/web', { instances: 3 });
    const list = page.getByRole('table', { name: 'Events' });
    await seen(list.getByRole('row', { name: /deployment_success/ }));
    await accessible(t);
    await page
      .getByRole('button', { name: /^deployment_success/ })
      .first()
      .click();
    await waitFor('one kind alone', async () => (await list.getByRole('row').count()) === 2);
    await page.getByRole('button', { name: 'Pause' }).click();
    await put(bundle, '/v2/apps//prod/web', { instances: 2 });
    await bundle.waitForDeployments();
    await seen(page.getByText(/Paused, [1-9]\d* events? came meanwhile/));
    t.equal(await list.getByRole('row').count(), 2, 'the list stays as it was');
    await page.getByRole('button', { name: 'Continue' }).click();
    await waitFor('what came meanwhile', async () => (await list.getByRole('row').count()) === 3);
    await list.getByRole('button', { name: 'deployment_success' }).first().click();
    const opened = page.getByRole('dialog', { name: 'deployment_success' });
    await seen(opened.getByText('"eventType": "deployment_success"'));
    await opened.getByRole('button', { name: 'Close' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download' }).click(),
    ]);
    const lines = readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\n');
    t.same(
      lines.map((line) => (JSON.parse(line) as { eventType: string }).eventType),
      ['deployment_success', 'deployment_success'],
    );
  });

  await t.test('about: versions, who leads, who follows, settings', async (t) => {
    await visit('about', 'About');
    await seen(page.getByText('Marathon 1.11.0'));
    await seen(page.getByText('this one'));
    const edges = page.getByRole('table', { name: 'Name servers and load balancers' });
    await seen(edges.getByRole('row', { name: /load balancer live up to date/ }));
    await seen(edges.getByRole('row', { name: /name server live up to date/ }));
    await seen(page.getByText('reconciliation_interval'));
    await accessible(t);
    await page.getByRole('searchbox').fill('local_port');
    await seen(page.getByText('local_port_min'));
    t.equal(await page.getByText('reconciliation_interval').count(), 0);
  });

  await t.test('endpoints of an app: names, routes, how far its changes are', async (t) => {
    await visit('apps/%2Fprod%2Fweb/endpoints', '/prod/web');
    const names = page.getByRole('table', { name: 'Names in DNS' });
    const row = names.getByRole('row', { name: /^web-prod\.marathon\.mesos A 127\.0\.0\.1/ });
    await seen(row.getByText(`dig @127.0.0.1 -p ${bundle.ports.dns} web-prod.marathon.mesos`));
    await seen(names.getByRole('row', { name: /^_http\._web-prod\._tcp\.marathon\.mesos SRV 0 1 \d+ web-prod-/ }));
    await seen(page.getByRole('link', { name: `http://web.local:${bundle.ports.haproxyHttp}/` }));
    await seen(page.getByText('by the labels of port 0'));
    await waitFor('both servers', async () => (await page.getByText('2 of 2 servers up').count()) === 2);
    const port = page.getByRole('link', { name: /^http:\/\/127\.0\.0\.1:\d+\/$/ });
    const address = new URL((await port.getAttribute('href')) ?? '');
    t.equal((await bundle.route('/', { port: Number(address.port) })).text, 'here', 'the link leads there');
    await seen(page.getByRole('table', { name: /^Propagation/ }).getByRole('row', { name: /\d+ ms/ }));
    await accessible(t);
  });

  t.same(complaints, [], 'the pages had nothing to complain of');
});
