// Checks that the agent runs in containers and at their addresses; secrets and limits of containers.
import t from 'tap';
import { podmanProblem } from '../../support/podman.js';
import { waitFor } from '../../support/wait.js';
import { startBundle } from '../support/bundle.js';
import type { ApiTask } from '../support/bundle.js';
import { running } from '../support/running.js';
import { sandboxText } from '../support/sandbox.js';
import { makeExampleImages } from './support/images.js';
import { startOwnEngine } from './support/own-engine.js';

t.setTimeout(300_000);

interface CheckedTask extends ApiTask {
  readonly checkResult?: unknown;
}

const small = { cpus: 0.1, mem: 32 };
const times = {
  intervalSeconds: 1,
  timeoutSeconds: 10,
  delaySeconds: 0,
  gracePeriodSeconds: 60,
  maxConsecutiveFailures: 2,
};
const bridge = [{ mode: 'container/bridge' }];

t.test('what agents do in containers', { skip: podmanProblem() }, async (t) => {
  const engine = startOwnEngine(t);
  makeExampleImages(engine);
  const secretsDir = t.testdir({ team: { db: 'pass word' } });
  const flags = ['--enable_features=secrets', `--secrets_dir=${secretsDir}`];
  const bundle = await startBundle(t, flags, { environment: engine.environment });
  const is = async (what: string, appId: string, test: (task: CheckedTask) => boolean): Promise<CheckedTask> =>
    waitFor(`${appId} to be ${what}`, async () => (await bundle.tasks(appId)).find(test), {
      withinMs: 60_000,
      everyMs: 100,
    });
  const isHealthy = (task: ApiTask): boolean => task.healthCheckResults?.[0]?.alive === true;

  await t.test('a port of a container is checked at its own address, also one that no host port leads to', async () => {
    await bundle.postApp({
      id: 'by-address',
      ...small,
      cmd: 'exec echo-server 8080',
      networks: bridge,
      container: {
        type: 'DOCKER',
        docker: { image: 'busybox' },
        portMappings: [{ containerPort: 9000 }, { containerPort: 8080, hostPort: 0 }],
      },
      healthChecks: [{ ...times, protocol: 'MESOS_HTTP', path: '/', portIndex: 1 }],
    });
    await bundle.waitForDeployments();
    await is('healthy', 'by-address', isHealthy);
  });

  await t.test('a command is run inside: what it finds ends the task, and another takes its place', async (t) => {
    await bundle.postApp({
      id: 'by-command',
      ...small,
      cmd: 'touch /tmp/fine; (sleep 5; rm /tmp/fine) & exec sleep 1000',
      container: { type: 'DOCKER', docker: { image: 'busybox' } },
      healthChecks: [{ ...times, protocol: 'COMMAND', command: { value: 'test -e /tmp/fine && test -n "$PORT0"' } }],
    });
    const first = await is('healthy', 'by-command', isHealthy);
    await is('replaced', 'by-command', (task) => task.id !== first.id && isHealthy(task));
    const { body } = await bundle.api('GET', '/v2/apps/by-command?embed=app.lastTaskFailure');
    t.equal((body as { app: { lastTaskFailure?: object } }).app.lastTaskFailure, undefined);
    await bundle.api('DELETE', '/v2/apps/by-command?force=true');
  });

  await t.test('a container of type MESOS: a check, secrets as a variable and as a file, a limit', async (t) => {
    await bundle.postApp({
      id: 'by-mesos',
      ...small,
      cmd: 'echo "[$PASSWORD] [$(cat /run/secrets/db)]"; exec echo-server 8080',
      env: { PASSWORD: { secret: 'db' } },
      secrets: { db: { source: 'team/db' } },
      networks: bridge,
      container: {
        type: 'MESOS',
        docker: { image: 'busybox' },
        volumes: [{ containerPath: '/run/secrets/db', secret: 'db' }],
        portMappings: [{ containerPort: 8080 }],
      },
      check: { http: { portIndex: 0, path: '/none' }, intervalSeconds: 1, timeoutSeconds: 10, delaySeconds: 0 },
      resourceLimits: { mem: 64 },
    });
    const [task] = await running(bundle, 'by-mesos', 1);
    await waitFor('its words', async () =>
      (await sandboxText(bundle, task?.id ?? '', 'stdout')).includes('[pass word] [pass word]'),
    );
    const checked = await is('checked', 'by-mesos', ({ checkResult }) => checkResult !== undefined);
    t.same(checked.checkResult, { http: { statusCode: 404 } });
    const [name = ''] = engine
      .podman('ps', '--format', '{{.Names}} {{.Labels}}')
      .split('\n')
      .filter((line) => line.includes('MESOS_TASK_ID:by-mesos.'))
      .map((line) => line.split(' ')[0] ?? '');
    const limit = engine.podman(
      'inspect',
      '--format',
      '{{.HostConfig.Memory}} {{.HostConfig.MemoryReservation}}',
      name,
    );
    t.equal(limit.trim(), `${64 * 2 ** 20} ${32 * 2 ** 20}`);
    t.notMatch(engine.podman('ps', '--all', '--format', '{{.Command}}'), 'pass word');
  });
});
