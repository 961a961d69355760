// A Docker app with a persistent volume: a host volume of its relative name brings it to an absolute path (marathon.md §12).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { podmanProblem } from '../../support/podman.js';
import { waitFor } from '../../support/wait.js';
import { startBundle } from '../support/bundle.js';
import { running } from '../support/running.js';
import { startOwnEngine } from './support/own-engine.js';

t.setTimeout(300_000);

t.test('a container finds its persistent volume again', { skip: podmanProblem() }, async (t) => {
  const engine = startOwnEngine(t);
  engine.image('busybox');
  const bundle = await startBundle(t, ['--mesos_role=dev'], { environment: engine.environment });
  await bundle.postApp({
    id: '/mysql',
    cmd: 'echo "$MESOS_TASK_ID" >> /var/lib/mysql/log; exec sleep 100000',
    cpus: 0.1,
    mem: 32,
    backoffSeconds: 0,
    taskKillGracePeriodSeconds: 1,
    portDefinitions: [],
    container: {
      type: 'DOCKER',
      docker: { image: 'busybox' },
      volumes: [
        { containerPath: '/var/lib/mysql', hostPath: 'mysqldata', mode: 'RW' },
        { containerPath: 'mysqldata', mode: 'RW', persistent: { size: 16 } },
      ],
    },
  });
  const volumes = join(bundle.workDir, 'cluster', 'agent', 'volumes', 'roles', 'dev');
  const written = async (count: number): Promise<readonly string[]> => {
    const [task] = await running(bundle, '/mysql', 1);
    const { localVolumes } = task as unknown as { localVolumes: { persistenceId: string }[] };
    const log = join(volumes, localVolumes[0]?.persistenceId ?? '', 'log');
    return waitFor(`${count} lines`, () => {
      const lines = readFileSync(log, 'utf8').trim().split('\n');
      return lines.length === count && lines;
    });
  };
  const [first = ''] = await written(1);
  t.equal((await bundle.api('DELETE', `/v2/apps/mysql/tasks/${first}`)).status, 200);
  await waitFor('its end', async () => (await bundle.tasks('/mysql')).every(({ id }) => id !== first));
  t.same(await written(2), [first, first.replace(/1$/, '2')]);
});
