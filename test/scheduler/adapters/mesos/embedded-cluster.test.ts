// The adapter against the embedded Mesos with its real agent, in this process.
import { existsSync } from 'node:fs';
import t from 'tap';
import { startCluster } from '../../../../src/cluster/start.js';
import { createHttpClient } from '../../../../src/common/http-client.js';
import { silentLogger } from '../../../../src/common/logger.js';
import type { RoleHandle } from '../../../../src/common/role.js';
import { createMesosCluster } from '../../../../src/scheduler/adapters/mesos/mesos-cluster.js';
import type { Offer } from '../../../../src/scheduler/model/offer.js';
import type { OfferConstraints } from '../../../../src/scheduler/model/offer-constraints.js';
import type { TaskStatusUpdate } from '../../../../src/scheduler/model/task-status.js';
import { masterAccess } from '../../../support/master-access.js';
import { freePort } from '../../../support/ports.js';
import { waitFor } from '../../../support/wait.js';

t.test('offers, a task’s life, a restarted master', async (t) => {
  const workDir = t.testdir();
  const [masterPort, agentPort] = [await freePort(), await freePort()];
  const startEmbedded = (): Promise<RoleHandle> =>
    startCluster(
      {
        host: '127.0.0.1',
        hostname: '127.0.0.1',
        masterPort,
        agentPort,
        workDir,
        resources: 'cpus:2;mem:512;disk:1000;ports:[31000-31009];cpus(dev):1',
        attributes: 'rack:r1',
      },
      { logger: silentLogger, fatal: (error) => t.fail(error.message) },
    );
  let embedded = await startEmbedded();
  const http = createHttpClient({ timeoutMs: 5_000 });
  const cluster = createMesosCluster({
    masters: masterAccess(http, [`127.0.0.1:${masterPort}`]),
    forgetCommand: 'ekiden forget-framework',
    framework: { name: 'marathon', user: '', role: 'dev', failoverTimeoutSeconds: 600, hostname: 'h' },
    reconnect: { initialMs: 20, factor: 2, maxMs: 100 },
    logger: silentLogger,
    clock: Date.now,
    random: Math.random,
  });
  t.teardown(async () => {
    await cluster.close();
    await http.close();
    await embedded.stop('everything');
  });

  const frameworkIds: string[] = [];
  let offers: Offer[] = [];
  let statuses: TaskStatusUpdate[] = [];
  cluster.start(undefined, {
    registered: (id) => void frameworkIds.push(id),
    disconnected: () => (offers = []),
    offers: (news) => void offers.push(...news),
    rescinded: (id) => (offers = offers.filter((o) => o.id !== id)),
    status: (status) => {
      statuses.push(status);
      if (status.uuid !== undefined && status.agentId !== undefined) {
        const { taskId, agentId, uuid } = status;
        void cluster.send([{ type: 'acknowledge', taskId, agentId, uuid }]);
      }
    },
    frameworkMessage: () => undefined,
    refused: (message) => t.fail(message),
  });

  const offer = await waitFor('an offer', () => offers[0]);
  t.match(offer, { hostname: '127.0.0.1', allocationRole: 'dev', attributes: { rack: { value: 'r1' } } });
  t.match(
    offer.resources.find(({ role }) => role === '*'),
    {
      cpus: 2,
      memMib: 512,
      diskMib: 1000,
      ports: [{ begin: 31000, end: 31009 }],
    },
  );
  t.match(
    offer.resources.find(({ role }) => role === 'dev'),
    { cpus: 1 },
  );

  const taskId = 'web.instance-1._app.1';
  const witness = `${workDir}/witness`;
  await cluster.send([
    {
      type: 'accept',
      offerId: offer.id,
      role: 'dev',
      operations: [
        {
          type: 'launch',
          task: {
            taskId,
            name: 'web',
            agentId: offer.agentId,
            resources: {
              parts: [
                { role: 'dev', cpus: 0.5, memMib: 0, diskMib: 0, gpus: 0, ports: [] },
                { role: '*', cpus: 0.5, memMib: 32, diskMib: 1, gpus: 0, ports: [{ begin: 31001, end: 31001 }] },
              ],
            },
            command: { shell: true, value: 'touch "$WITNESS"; exec sleep 1000' },
            env: { WITNESS: witness },
            fetch: [],
            labels: { env: 'test' },
            discovery: { name: 'web', ports: [{ number: 31001, name: 'http', protocol: 'tcp', labels: {} }] },
          },
        },
      ],
    },
  ]);
  const states = (): string[] => statuses.filter((s) => s.taskId === taskId).map(({ state }) => state);
  await waitFor('TASK_RUNNING', () => states().includes('TASK_RUNNING'));
  await waitFor('the command', () => existsSync(witness));
  t.match(statuses.at(-1)?.ipAddresses, [{ ipAddress: '127.0.0.1', protocol: 'IPv4' }]);

  const rest = await waitFor('the rest as a new offer', () => offers.find(({ id }) => id !== offer.id));
  t.equal(rest.resources.find(({ role }) => role === '*')?.cpus, 1.5);
  t.equal(rest.resources.find(({ role }) => role === 'dev')?.cpus, 0.5);

  t.comment('the cluster restarts, the task does not');
  statuses = [];
  await embedded.stop('self');
  embedded = await startEmbedded();
  await waitFor('a new subscription', () => frameworkIds.length >= 2);
  t.equal(new Set(frameworkIds).size, 1, 'with the same id');
  await waitFor('the task to be known again', async () => {
    await cluster.send([{ type: 'reconcile', tasks: [{ taskId, agentId: offer.agentId }] }]);
    return statuses.some((s) => s.state === 'TASK_RUNNING' && s.reason === 'REASON_RECONCILIATION');
  });

  statuses = [];
  await cluster.send([{ type: 'kill', taskId, agentId: offer.agentId, gracePeriodSeconds: 2 }]);
  await waitFor('TASK_KILLED', () => states().includes('TASK_KILLED'));
  t.same(states().slice(-2), ['TASK_KILLING', 'TASK_KILLED']);

  t.comment('another role, and agents that are of no use');
  const onRack = (value: string) => [[{ field: 'rack', predicate: { type: 'textEquals', value } }]] as const;
  const subscribe = (offerConstraints: OfferConstraints): Promise<void> =>
    cluster.send([{ type: 'subscribeRoles', roles: ['dev', 'ops'], suppressedRoles: ['dev'], offerConstraints }]);
  await subscribe({ ops: onRack('r2') });
  const offerIds = offers.map(({ id }) => id);
  offers = [];
  await cluster.send([
    { type: 'decline', offerIds, refuseSeconds: 0 },
    { type: 'revive', roles: ['ops'] },
  ]);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  t.same(offers, [], 'one role is suppressed, the other wants agents of another rack');
  await subscribe({ ops: onRack('r1') });
  t.match(await waitFor('an offer', () => offers[0]), { allocationRole: 'ops' });
});
