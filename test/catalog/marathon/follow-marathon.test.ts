import t from 'tap';
import type { Test } from 'tap';
import { readFileSync } from 'node:fs';
import { Catalog } from '../../../src/catalog/catalog.js';
import { followMarathon } from '../../../src/catalog/providers/marathon/follow-marathon.js';
import type { MarathonFollower, MarathonOptions } from '../../../src/catalog/providers/marathon/follow-marathon.js';
import { silentLogger } from '../../../src/common/logger.js';
import { makePem } from '../../support/certificates.js';
import { marathonApp, startFakeMarathon, status } from '../../support/fake-marathon.js';
import type { FakeMarathon } from '../../support/fake-marathon.js';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';

interface Followed extends MarathonFollower {
  readonly catalog: Catalog;
  /** How often the catalog was said to have changed. */
  readonly changes: () => number;
}

function follow(t: Test, schedulers: readonly string[], more: Partial<MarathonOptions> = {}): Followed {
  const catalog = new Catalog();
  let changes = 0;
  const follower = followMarathon({
    schedulers,
    catalog,
    pollMs: 600_000,
    logger: silentLogger,
    onChange: () => (changes += 1),
    random: () => 0,
    losses: { confirmAfterMs: 300 },
    ...more,
  });
  t.teardown(() => follower.close());
  return {
    catalog,
    changes: () => changes,
    get status() {
      return follower.status;
    },
    calledBack: (data) => follower.calledBack(data),
    close: () => follower.close(),
  };
}

const reads = (marathon: FakeMarathon): number =>
  marathon.requests.filter((request) => request.startsWith('GET /v2/apps?')).length;
const idsOf = ({ catalog }: Followed): string[] => [...catalog.apps.keys()].sort();
const lastError = ({ status }: Followed): string => status.lastError ?? '';

t.test('reads everything once, then what events tell of; what did not change stays the same object', async (t) => {
  const marathon = await startFakeMarathon(t);
  marathon.apps = [marathonApp('/a', 10001, [31000]), marathonApp('/b', 10002, [31001, 31002])];
  const followed = follow(t, [`${marathon.url}/`]);
  await waitFor('the apps', () => followed.status.synced && followed.status.connected);
  t.same(idsOf(followed), ['/a', '/b']);
  t.equal(followed.catalog.instances.size, 3);
  t.match(followed.status, { scheduler: `${marathon.url}/`, lastError: undefined, problems: [] });
  t.ok(marathon.requests.includes('GET /v2/apps?embed=apps.tasks&embed=apps.deployments&embed=apps.readiness'));
  t.match(
    marathon.requests.find((request) => request.startsWith('GET /v2/events')),
    /^GET \/v2\/events\?plan-format=light&event_type=status_update_event&/,
  );

  const { epoch, seq } = followed.catalog.position;
  const [a, b1] = [followed.catalog.apps.get('/a'), followed.catalog.instances.get('b.31001')];
  marathon.apps = [marathonApp('/a', 10001, [31000]), marathonApp('/b', 10002, [31001])];
  marathon.emit('status_update_event', { taskId: 'b.31002', taskStatus: 'TASK_KILLED', appId: '/b' });
  await waitFor('the change', () => followed.catalog.apps.get('/b')?.instances === 1);
  t.same([...followed.catalog.instances.keys()].sort(), ['a.31000', 'b.31001']);
  t.equal(followed.catalog.apps.get('/a'), a);
  t.equal(followed.catalog.instances.get('b.31001'), b1);
  t.same(followed.catalog.position, { epoch, seq: seq + 2 }, 'the event, and the look after it');

  const changes = followed.changes();
  const before = reads(marathon);
  marathon.emit('deployment_success');
  await waitFor('another look', () => reads(marathon) > before);
  marathon.apps = [...marathon.apps, marathonApp('/c', 10003, [])];
  marathon.emit('api_post_event');
  await waitFor('the app', () => idsOf(followed).length === 3);
  t.equal(followed.changes(), changes + 1, 'an answer that is as before is no change');
});

t.test('looks again without events', async (t) => {
  const marathon = await startFakeMarathon(t);
  const followed = follow(t, [marathon.url], { pollMs: 200 });
  await waitFor('the apps', () => followed.status.synced);
  marathon.apps = [marathonApp('/a', 10001, [31000])];
  await waitFor('the app', () => idsOf(followed).length === 1);
});

t.test('many events are few looks', async (t) => {
  const marathon = await startFakeMarathon(t);
  const followed = follow(t, [marathon.url]);
  await waitFor('the apps', () => followed.status.connected && followed.status.synced);
  const before = reads(marathon);
  for (let i = 0; i < 10_000; i++) {
    marathon.emit('status_update_event', { taskId: `a.${i}`, taskStatus: 'TASK_RUNNING', appId: '/a' });
  }
  marathon.apps = [marathonApp('/a', 10001, [31000])];
  marathon.emit('status_update_event', { taskId: 'a.31000', taskStatus: 'TASK_RUNNING', appId: '/a' });
  await waitFor('the end of the storm', () => idsOf(followed).length === 1);
  t.ok(reads(marathon) - before < 100, `${reads(marathon) - before} looks`);
});

t.test('goes to another one when one is dead or answers with an error, and stays with the good one', async (t) => {
  const broken = await startFakeMarathon(t);
  broken.faults.set('/v2', status(503));
  const good = await startFakeMarathon(t);
  good.apps = [marathonApp('/a', 10001, [31000])];
  const dead = `http://127.0.0.1:${await freePort()}`;
  const followed = follow(t, ['nonsense', dead, broken.url, good.url]);
  await waitFor('the apps', () => followed.status.synced);
  t.equal(followed.status.scheduler, good.url);
  const asked = broken.requests.length;
  good.cut();
  await waitFor('the reconnect', () => good.streams === 1 && reads(good) >= 2);
  t.equal(broken.requests.length, asked, 'the good one is tried first');
});

t.test('answers that are not whole change nothing', async (t) => {
  const marathon = await startFakeMarathon(t);
  marathon.apps = [marathonApp('/a', 10001, [31000])];
  const followed = follow(t, [marathon.url]);
  await waitFor('the apps', () => followed.status.synced);
  const whole = JSON.stringify({ apps: [marathonApp('/other', 10002, [31001])] });
  const faults: [string, RegExp, Parameters<FakeMarathon['faults']['set']>[1]][] = [
    ['503', /503/, status(503)],
    ['200 of a proxy', /not JSON/, (_request, response) => void response.end('<h1>Welcome</h1>')],
    ['half of it', /not JSON/, (_request, response) => void response.end(whole.slice(0, 200))],
    [
      'cut off',
      /closed|terminated|aborted/,
      (_request, response) => {
        response.writeHead(200, { 'Content-Length': String(whole.length) });
        response.write(whole.slice(0, 200), () => response.destroy());
      },
    ],
    ['of something else', /holds no "apps"/, (_request, response) => void response.end('{"message":"no"}')],
    ['without tasks', /holds no "tasks"/, (_request, response) => void response.end('{"apps":[{"id":"/a"}]}')],
  ];
  for (const [what, reason, fault] of faults) {
    marathon.faults.set('/v2/apps', fault);
    marathon.emit('api_post_event');
    await waitFor(what, () => reason.test(lastError(followed)));
    t.same(idsOf(followed), ['/a'], what);
    t.ok(followed.status.synced, what);
    marathon.faults.clear();
    await waitFor('the recovery', () => followed.status.connected && lastError(followed) === '');
  }
});

t.test('suddenly nothing is not believed at once', async (t) => {
  const marathon = await startFakeMarathon(t);
  const apps = [marathonApp('/a', 10001, [31000]), marathonApp('/b', 10002, [31001])];
  marathon.apps = apps;
  const followed = follow(t, [marathon.url], { losses: { confirmAfterMs: 1_000 } });
  await waitFor('the apps', () => followed.status.synced && followed.status.connected);

  marathon.apps = [];
  marathon.cut();
  await waitFor('the doubt', () => /2 of 2 apps .* suddenly gone/.test(lastError(followed)));
  t.same(idsOf(followed), ['/a', '/b']);
  marathon.apps = apps;
  await waitFor('the second look', () => lastError(followed) === '');
  t.same(idsOf(followed), ['/a', '/b']);
  t.equal(followed.changes(), 1);

  marathon.apps = [];
  marathon.emit('deployment_success');
  await waitFor('the doubt', () => /suddenly gone/.test(lastError(followed)));
  await waitFor('that it is believed', () => idsOf(followed).length === 0);
  t.equal(lastError(followed), '');
});

t.test('an end that an event has told of is believed at once', async (t) => {
  const marathon = await startFakeMarathon(t);
  marathon.apps = [marathonApp('/a', 10001, [31000, 31001, 31002])];
  const followed = follow(t, [marathon.url], { losses: { confirmAfterMs: 600_000 } });
  await waitFor('the apps', () => followed.status.synced && followed.status.connected);
  marathon.apps = [marathonApp('/a', 10001, [31000])];
  for (const port of [31001, 31002]) {
    marathon.emit('status_update_event', { taskId: `a.${port}`, taskStatus: 'TASK_KILLED', appId: '/a' });
  }
  await waitFor('the scale-down', () => followed.catalog.instances.size === 1);
  marathon.apps = [];
  marathon.emit('app_terminated_event', { appId: '/a' });
  await waitFor('the removal', () => idsOf(followed).length === 0 && followed.catalog.instances.size === 0);
});

t.test('a task that is over is left at once, whatever a look that had begun before says', async (t) => {
  const marathon = await startFakeMarathon(t);
  marathon.apps = [marathonApp('/a', 10001, [31000, 31001])];
  const followed = follow(t, [marathon.url]);
  await waitFor('the apps', () => followed.status.synced && followed.status.connected);
  const waiting: (() => void)[] = [];
  const before = JSON.stringify({ apps: marathon.apps });
  marathon.faults.set('/v2/apps', (_request, response) => void waiting.push(() => response.end(before)));
  marathon.emit('health_status_changed_event');
  await waitFor('a look that takes its time', () => waiting.length === 1);
  marathon.emit('status_update_event', { taskId: 'a.31001', taskStatus: 'TASK_KILLING', appId: '/a' });
  await waitFor('the withdrawal', () => !followed.catalog.instances.has('a.31001'));
  const changes = followed.changes();
  marathon.emit('status_update_event', { taskId: 'a.31000', taskStatus: 'TASK_LOST', appId: '/a' });
  followed.calledBack(
    JSON.stringify({ eventType: 'status_update_event', taskId: 'a.31000', taskStatus: 'TASK_KILLED' }),
  );
  marathon.faults.clear();
  const count = reads(marathon);
  waiting[0]?.();
  await waitFor('the next look', () => reads(marathon) > count);
  await waitFor('that it is believed that the task runs on', () => followed.catalog.instances.size === 2);
  t.equal(followed.changes(), changes + 1, 'and not before');
});

t.test('an answer without an end is given up', async (t) => {
  const marathon = await startFakeMarathon(t);
  marathon.apps = [marathonApp('/a', 10001, [31000])];
  const followed = follow(t, [marathon.url], { maxAnswerBytes: 100_000 });
  await waitFor('the apps', () => followed.status.synced && followed.status.connected);
  marathon.apps = [marathonApp('/b', 10001, [31000], { labels: { long: 'x'.repeat(200_000) } })];
  marathon.emit('api_post_event');
  await waitFor('the limit', () => /larger than 100000 bytes/.test(lastError(followed)));
  t.same(idsOf(followed), ['/a']);
});

t.test('a stream without a sound is a dead one', async (t) => {
  const marathon = await startFakeMarathon(t);
  const followed = follow(t, [marathon.url], { idleTimeoutMs: 300 });
  await waitFor('the connection', () => followed.status.connected);
  await waitFor('the timeout', () => /imeout/.test(lastError(followed)));
  await waitFor('the next one', () => reads(marathon) >= 2 && followed.status.connected);
});

t.test('without a stream of events the apps are read every few seconds', async (t) => {
  const marathon = await startFakeMarathon(t);
  marathon.faults.set('/v2/events', status(404));
  const followed = follow(t, [marathon.url], { pollMs: 200 });
  await waitFor('the apps', () => followed.status.synced);
  t.match(followed.status, { connected: false, lastError: /there are no events/ });
  marathon.apps = [marathonApp('/a', 10001, [31000])];
  await waitFor('the app', () => idsOf(followed).length === 1);
});

t.test('what is unreadable in an answer is told of', async (t) => {
  const marathon = await startFakeMarathon(t);
  marathon.apps = [marathonApp('/a', 10001, [31000]), { id: 'no path' }];
  const followed = follow(t, [marathon.url]);
  await waitFor('the apps', () => followed.status.synced);
  t.same(idsOf(followed), ['/a']);
  t.same(followed.status.problems, [{ id: 'no path', reason: 'not a valid id' }]);
});

t.test('health is remembered across a change of leaders', async (t) => {
  const marathon = await startFakeMarathon(t);
  const app = (results?: object[]): object => ({
    ...marathonApp('/a', 10001, [31000], { healthChecks: [{ protocol: 'HTTP' }] }),
    tasks: [{ ...taskOf(marathonApp('/a', 10001, [31000])), healthCheckResults: results }],
  });
  marathon.apps = [app([{ alive: true }])];
  const followed = follow(t, [marathon.url]);
  await waitFor('the apps', () => followed.status.synced);
  const before = followed.catalog.instances.get('a.31000');
  t.equal(before?.healthy, true);
  const count = reads(marathon);
  marathon.apps = [app()];
  marathon.cut();
  await waitFor(
    'the next look',
    () => reads(marathon) > count && followed.status.connected && lastError(followed) === '',
  );
  t.equal(followed.catalog.instances.get('a.31000'), before);
  marathon.apps = [app([{ alive: false }])];
  marathon.emit('health_status_changed_event', { appId: '/a', alive: false });
  await waitFor('the failure', () => followed.catalog.instances.get('a.31000')?.healthy === false);
});

t.test('a redirect to the leader is followed, with credentials, but never out of TLS', async (t) => {
  const credentials = { user: 'me', password: 'se:cret' };
  const leader = await startFakeMarathon(t, { credentials: 'me:se:cret' });
  leader.apps = [marathonApp('/a', 10001, [31000])];
  const standby = await startFakeMarathon(t);
  standby.faults.set('/', (request, response) =>
    status(302, { Location: `${leader.url}${request.url}` })(request, response),
  );
  const followed = follow(t, [standby.url], { credentials });
  await waitFor('the apps', () => followed.status.synced && followed.status.connected);
  t.equal(followed.status.scheduler, standby.url);

  const wrong = follow(t, [leader.url], { credentials: { user: 'me', password: 'wrongwrong' } });
  await waitFor('the refusal', () => /--marathon_credentials of me are not those/.test(lastError(wrong)));
  t.notMatch(lastError(wrong), 'wrongwrong');

  const { certificatePath, keyPath } = await makePem(t.testdir(), 'standby.example');
  const cert = readFileSync(certificatePath, 'utf8');
  const secured = await startFakeMarathon(t, { tls: { cert, key: readFileSync(keyPath, 'utf8') } });
  const untrusted = follow(t, [secured.url]);
  await waitFor('the mistrust', () => lastError(untrusted) !== '');
  secured.apps = [marathonApp('/tls', 10002, [31001])];
  const trusted = follow(t, [secured.url], { readTrust: async () => cert });
  await waitFor('the apps', () => trusted.status.synced);
  t.same(idsOf(trusted), ['/tls']);

  secured.faults.set('/', (request, response) =>
    status(307, { Location: `${leader.url}${request.url}` })(request, response),
  );
  await followed.close();
  await wrong.close();
  leader.authorizations.length = 0;
  const careful = follow(t, [secured.url], { credentials, readTrust: async () => cert });
  await waitFor('the refusal', () => lastError(careful).includes('401'));
  t.ok(leader.authorizations.length > 0 && leader.authorizations.every((sent) => sent === undefined));
});

t.test('asks to be called back, and no longer when it ends', async (t) => {
  const marathon = await startFakeMarathon(t);
  marathon.faults.set('/v2/events', status(404));
  const newer = await startFakeMarathon(t);
  newer.faults.set('/v2/eventSubscriptions', status(404));
  const callbackUrl = 'http://lb.example:8000/api/marathon/event_callback?a=b&c';
  const followed = follow(t, [marathon.url, newer.url], { callbackUrl });
  await waitFor('the subscription', () => marathon.callbacks.has(callbackUrl) && followed.status.connected);
  await waitFor('the refusal', () => followed.status.problems.length === 1);
  t.match(followed.status.problems, [{ id: newer.url, reason: /no callbacks: it answers 404 .*from 1\.5 on/ }]);
  const changes = followed.changes();
  marathon.apps = [marathonApp('/a', 10001, [31000])];
  followed.calledBack(JSON.stringify({ eventType: 'api_post_event' }));
  await waitFor('the app', () => idsOf(followed).length === 1);
  followed.calledBack('not JSON');
  t.equal(followed.changes(), changes + 1);
  await followed.close();
  t.equal(marathon.callbacks.size, 0);
});

t.test('needs somebody to follow', (t) => {
  t.throws(() => follow(t, []), /at least one scheduler/);
  t.end();
});

function taskOf(app: object): object {
  return (app as { tasks: readonly object[] }).tasks[0] ?? {};
}
