import t from 'tap';
import { ask, startFakeScheduler } from '../../support/fake-service.js';

t.test('deployments: shown, reverted, cancelled', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const { api, service } = scheduler;
  const created = await ask(api, 'POST', '/v2/apps', { id: '/a', cmd: 'x' });
  const id = created.json.deployments[0]?.id;
  t.same((await ask(api, 'GET', '/v2/deployments')).json, [
    {
      id,
      version: created.json.version,
      affectedApps: ['/a'],
      affectedPods: [],
      steps: [
        { actions: [{ action: 'StartApplication', app: '/a' }] },
        { actions: [{ action: 'ScaleApplication', app: '/a' }] },
      ],
      currentActions: [{ action: 'ScaleApplication', app: '/a', readinessCheckResults: [] }],
      currentStep: 2,
      totalSteps: 2,
    },
  ]);
  t.same((await ask(api, 'DELETE', '/v2/deployments/nope')).json, { message: 'DeploymentPlan nope does not exist' });
  const reverted = await ask(api, 'DELETE', `/v2/deployments/${id}`);
  t.equal(reverted.status, 200);
  t.ok(reverted.json.deploymentId);
  t.notOk(service.state.apps.has('/a'));

  const other = await ask(api, 'POST', '/v2/apps', { id: '/b', cmd: 'x' });
  const cancelled = await ask(api, 'DELETE', `/v2/deployments/${other.json.deployments[0]?.id}?force=true`);
  t.equal(cancelled.status, 202);
  t.equal(cancelled.text, '');
  t.ok(service.state.apps.has('/b'));
  const get = await ask(api, 'GET', `/v2/deployments/${id}`);
  t.equal(get.status, 405);
  t.equal(get.headers['allow'], 'DELETE, OPTIONS');
});

t.test('the queue, and why an app waits', async (t) => {
  const { api } = await startFakeScheduler(t);
  await ask(api, 'POST', '/v2/apps', {
    id: '/web',
    cmd: 'x',
    container: { docker: { image: 'busybox' } },
    instances: 2,
  });
  const { queue } = (await ask(api, 'GET', '/v2/queue')).json;
  t.equal(queue.length, 1);
  t.match(queue[0], {
    count: 2,
    role: '*',
    delay: { timeLeftSeconds: 0, overdue: true },
    app: { id: '/web', container: { type: 'DOCKER', docker: { image: 'busybox' } } },
    processedOffersSummary: { processedOffersCount: 0, unusedOffersCount: 0 },
  });
  t.equal(queue[0]?.processedOffersSummary.rejectSummaryLastOffers[0]?.reason, 'UnfulfilledRole');
  t.equal(queue[0]?.processedOffersSummary.rejectSummaryLastOffers.length, 10);
  const why = (await ask(api, 'GET', '/ekiden/v1/explain//web')).json;
  t.match(why, { appId: '/web', waiting: 2, connected: true });
  t.equal((await ask(api, 'DELETE', '/v2/queue//web/delay', '')).status, 204);
  const unknown = await ask(api, 'DELETE', '/v2/queue/nope/delay');
  t.equal(unknown.status, 404);
  t.same(unknown.json, { message: 'Application /nope not found in tasks queue.' });
});

t.test('info, leader, ping', async (t) => {
  const { api } = await startFakeScheduler(t);
  const info = (await ask(api, 'GET', '/v2/info')).json;
  t.match(info, { name: 'marathon', elected: true, leader: 'leader.example:8080', frameworkId: 'framework-1' });
  t.equal(info.marathon_config.master, 'zk://xxxxxxxx:xxxxxxxx@zk1:2181/mesos');
  t.same((await ask(api, 'GET', '/v2/leader')).json, { leader: 'leader.example:8080' });
  const ping = async (accept: string): Promise<unknown[]> => {
    const { status, text } = await ask(api, 'GET', '/ping', undefined, { accept });
    return [status, text];
  };
  t.same(await ping('*/*'), [200, 'pong']);
  t.same(await ping('application/json'), [200, '"pong"']);
  t.same(await ping('text/html,application/xml;q=0.9'), [200, 'pong']);
  t.same(await ping('image/png'), [204, '']);
});
