// How frameworks share a cluster, over HTTP: `--weights`.
import t from 'tap';
import { startCluster } from '../../../src/cluster/start.js';
import { silentLogger } from '../../../src/common/logger.js';
import { frameworkInfo, scalar, task, TestFramework } from '../../conformance/mesos/mesos-client.js';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';

t.test('a role of twice the weight gets twice as much', async (t) => {
  const masterPort = await freePort();
  const cluster = await startCluster(
    {
      host: '127.0.0.1',
      hostname: '127.0.0.1',
      masterPort,
      agentPort: await freePort(),
      workDir: t.testdir(),
      resources: 'cpus:9;mem:9000;disk:9000;ports:[31000-31099]',
      attributes: '',
      weights: 'web=2,batch=1',
      simulation: { agents: 1, attributes: '', domain: '', hostname: 'h{n}', startDelayMs: 0 },
    },
    {
      logger: silentLogger,
      fatal: (error) => {
        throw error;
      },
    },
  );
  t.teardown(() => cluster.stop('everything'));
  const base = `http://127.0.0.1:${masterPort}`;
  const [web, batch] = await Promise.all(
    ['web', 'batch'].map((role) =>
      TestFramework.subscribe(base, { info: frameworkInfo({ name: role, roles: [role] }) }),
    ),
  );
  if (web === undefined || batch === undefined) throw new Error('unreachable');

  // There is one agent: whoever is offered it takes one cpu of it and gives the rest back.
  const launched = new Map([
    [web, 0],
    [batch, 0],
  ]);
  for (let n = 0; n < 9; n++) {
    const framework = await waitFor('an offer to one of them', () =>
      [web, batch].find((one) => one.heldOffers().some((offer) => scalar(offer, 'cpus') >= 1)),
    );
    const offer = await framework.offer(1);
    const resources = [
      { name: 'cpus', type: 'SCALAR', scalar: { value: 1 } },
      { name: 'mem', type: 'SCALAR', scalar: { value: 32 } },
    ];
    const answer = await framework.launch([offer], [task(`t${n}`, offer.agent_id, 'sleep 1000', { resources })]);
    t.equal(answer.status, 202);
    launched.set(framework, (launched.get(framework) ?? 0) + 1);
  }
  t.equal(launched.get(web), 6);
  t.equal(launched.get(batch), 3);
  await Promise.all([web.teardown(), batch.teardown()]);
});
