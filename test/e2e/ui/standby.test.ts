// The interface at a scheduler that does not lead: a page may ask no server but its own, so all of it has to be passed on, streams included.
import t from 'tap';
import { startBrowser, withoutBrowser } from '../../support/browser.js';
import { waitFor } from '../../support/wait.js';
import { withoutZooKeeper } from '../../support/zookeeper.js';
import { startFleet } from '../ha/support/fleet.js';

t.setTimeout(180_000);

const app = { id: '/talker', cmd: 'while true; do echo "still here"; sleep 0.2; done', cpus: 0.1, mem: 16 };

t.test('a page of a scheduler that does not lead', { skip: withoutBrowser() || withoutZooKeeper() }, async (t) => {
  const fleet = await startFleet(t, { schedulers: 2 });
  const leader = await fleet.leader();
  const standby = fleet.schedulers.find((scheduler) => scheduler !== leader);
  if (standby === undefined) throw new Error('there is no other scheduler');
  const browser = await startBrowser(t);
  // While nobody leads, everything is answered 502, or not at all
  const expects = /502|Failed to load resource|ERR_/;
  const { page, complaints } = await browser.open(`http://${standby.address}`, { expects });
  await page.goto(`http://${standby.address}/ui/#/apps`);
  const live = page.getByText('Live', { exact: true }).first();
  await live.waitFor();

  await t.test('lists are live', async (t) => {
    await fleet.acknowledged('PUT', '/v2/apps/talker', app);
    const link = page.getByRole('link', { name: 'talker', exact: true });
    await link.waitFor();
    t.equal(await link.count(), 1);
    await fleet.waitForDeployments();
  });

  await t.test('logs are followed', async (t) => {
    const [task] = await fleet.tasks('talker');
    await page.goto(
      `http://${standby.address}/ui/#/apps/%2Ftalker/tasks/${encodeURIComponent(task?.id ?? '')}?file=stdout`,
    );
    const lines = page.getByText('still here');
    await lines.first().waitFor();
    t.ok((await lines.count()) > 0);
  });

  await t.test('so are Marathon’s events', async (t) => {
    await page.goto(`http://${standby.address}/ui/#/events`);
    await page.getByText('Listening', { exact: true }).waitFor();
    await fleet.acknowledged('PUT', '/v2/apps/talker', { ...app, instances: 2 });
    const event = page.getByText('deployment_success').first();
    await event.waitFor();
    t.ok(await event.isVisible());
  });

  await t.test('the leader is killed: the page stays, and goes on with this scheduler as the leader', async (t) => {
    await page.goto(`http://${standby.address}/ui/#/apps`);
    const line = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'talker', exact: true }) });
    await line.getByText('2 of 2').waitFor();
    await leader.kill({ stay: true });
    await page.getByText(/^Reconnecting/).waitFor();
    t.ok(await line.isVisible(), 'what was known stays');
    t.equal(await fleet.leader({ except: leader }), standby);
    await live.waitFor();
    await fleet.acknowledged('PUT', '/v2/apps/talker?force=true', { ...app, instances: 3 });
    await waitFor('the third instance', async () =>
      (await line.innerText()).replaceAll(/\s+/g, ' ').includes('3 of 3'),
    );
  });
  t.same(complaints, []);
});
