// The whole product as its users run it: one command, real processes, real tasks, dig and HAProxy.
import type { Test } from 'tap';
import t from 'tap';
import { isRunning } from '../../src/common/process-identity.js';
import { waitFor } from '../support/wait.js';
import { roles, startBundle } from './support/bundle.js';
import type { Role } from './support/bundle.js';
import { converged } from './support/converge.js';
import type { LiveTask } from './support/converge.js';
import { echoCommand, readEcho } from './support/echo-app.js';
import { killProcess } from '../support/kill.js';

t.setTimeout(600_000);

const pidsOf = (tasks: readonly LiveTask[]): string =>
  tasks
    .map(({ taskId, pid }) => `${taskId}=${pid}`)
    .sort()
    .join(' ');

t.test('POST an app: its name resolves and HAProxy routes to it, whatever happens', async (t) => {
  const bundle = await startBundle(t);
  let servicePort = 0;
  const relay = (instances: number) => ({ id: 'relay', instances, servicePort, healthChecked: true });
  /** Each step builds on the ones before it. */
  const step = (name: string, body: (t: Test) => Promise<unknown>): Promise<unknown> =>
    t.test(name, { skip: t.passing() ? false : 'an earlier step failed' }, body);
  const scale = async (instances: number): Promise<void> => {
    const { status, text } = await bundle.api('PUT', '/v2/apps/relay', { instances });
    t.equal(status, 200, `scaling to ${instances}: ${text}`);
  };

  await step('three instances with a health check', async (t) => {
    await bundle.postApp({
      id: 'relay',
      cmd: echoCommand,
      cpus: 0.1,
      mem: 32,
      instances: 3,
      portDefinitions: [{ port: 0, protocol: 'tcp', name: 'http' }],
      healthChecks: [
        {
          protocol: 'HTTP',
          path: '/',
          portIndex: 0,
          intervalSeconds: 1,
          gracePeriodSeconds: 3,
          timeoutSeconds: 2,
          maxConsecutiveFailures: 3,
        },
      ],
    });
    const { body } = await bundle.api('GET', '/v2/apps/relay');
    servicePort = (body as { app: { portDefinitions: { port: number }[] } }).app.portDefinitions[0]?.port ?? 0;
    t.ok(servicePort >= bundle.ports.serviceMin && servicePort <= bundle.ports.serviceMax, `port ${servicePort}`);
    await bundle.waitForDeployments();
    const tasks = await converged(bundle, relay(3));
    t.equal(tasks.length, 3);
    const { answer } = await bundle.dig('_relay._tcp.marathon.mesos', 'SRV');
    t.equal(answer.length, 3);
    t.ok(
      answer.every(({ data }) => data[0] === '0'),
      'priority 0',
    );
  });

  await step('a rule by host header', async (t) => {
    const refused = await bundle.route('/', { host: 'relay.local' });
    t.not(refused.status, 200, 'nobody answers to that name yet');
    const made = await bundle.rules('POST', '/api/services', { id: '/relay', acl: 'hdr(host) -i relay.local' });
    t.equal(made.status, 200, made.text);
    await waitFor('the rule to route', async () => {
      const { status, text } = await bundle.route('/', { host: 'relay.local' });
      return status === 200 && readEcho(text).taskId.startsWith('relay');
    });
    t.not((await bundle.route('/', { host: 'other.local' })).status, 200);
  });

  await step('scaling is followed in DNS and HAProxy', async (t) => {
    for (const instances of [5, 1, 3]) {
      await scale(instances);
      t.equal((await converged(bundle, relay(instances))).length, instances);
    }
    await bundle.waitForDeployments();
  });

  await step('a killed process is replaced', async (t) => {
    const before = await converged(bundle, relay(3));
    const victim = before[0];
    if (victim === undefined) return t.fail('no task');
    killProcess(victim.pid);
    await waitFor('it to leave the API', async () =>
      (await bundle.tasks('relay')).every(({ id }) => id !== victim.taskId),
    );
    const after = await converged(bundle, relay(3));
    t.equal(after.filter(({ taskId }) => before.some((b) => b.taskId === taskId)).length, 2, 'the others stay');
  });

  for (const role of ['dns', 'lb', 'scheduler', 'cluster'] as const) {
    await step(`kill -9 of ${role} loses nothing and stops no task`, async (t) => {
      const before = await converged(bundle, relay(3));
      const haproxy = bundle.haproxyPid();
      const identity = bundle.rolePids()[role];
      await bundle.kill(role);
      t.equal((await bundle.route('/', { port: servicePort })).status, 200, 'requests are served meanwhile');
      await waitFor(`a new ${role}`, () => {
        const now = bundle.rolePids()[role];
        return now !== undefined && now.pid !== identity?.pid && isRunning(now);
      });
      await bundle.ready();
      const after = await converged(bundle, relay(3));
      t.equal(pidsOf(after), pidsOf(before), 'the same processes');
      t.equal(bundle.haproxyPid(), haproxy, 'the same HAProxy');
    });
  }

  await step('kill -9 of the supervisor, and a new start: everything is found again', async (t) => {
    const before = await converged(bundle, relay(3));
    const haproxy = bundle.haproxyPid();
    const identities = bundle.rolePids();
    await bundle.kill('up');
    await waitFor('the roles to notice', () =>
      roles.every((role: Role) => {
        const identity = identities[role];
        return identity !== undefined && !isRunning(identity);
      }),
    );
    t.equal((await bundle.route('/', { port: servicePort })).status, 200, 'HAProxy and the tasks do not need them');
    await bundle.up();
    const after = await converged(bundle, relay(3));
    t.equal(pidsOf(after), pidsOf(before), 'the same processes');
    t.equal(bundle.haproxyPid(), haproxy, 'the same HAProxy');
    t.equal((await bundle.route('/', { host: 'relay.local' })).status, 200, 'the rule is still there');
  });

  await step('after all that it still obeys', async (t) => {
    for (const instances of [4, 3]) {
      await scale(instances);
      t.equal((await converged(bundle, relay(instances))).length, instances);
    }
    await bundle.waitForDeployments();
  });

  await step('a clean stop leaves no process; the next start brings the app back', async (t) => {
    const before = await converged(bundle, relay(3));
    t.equal(await bundle.stop(), 0, 'exit status');
    t.same(bundle.leftovers(), []);
    await bundle.up();
    const after = await converged(bundle, relay(3));
    t.equal(after.filter(({ pid }) => before.some((b) => b.pid === pid)).length, 0, 'new processes');
    t.equal((await bundle.route('/', { host: 'relay.local' })).status, 200, 'the rule, too');
    t.equal(await bundle.stop(), 0, 'exit status');
    t.same(bundle.leftovers(), []);
  });
});
