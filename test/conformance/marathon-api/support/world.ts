import type { Test } from 'tap';
import { silentLogger, withLevels } from '../../../../src/common/logger.js';
import { noPlugins } from '../../../../src/scheduler/plugins/load-plugins.js';
import type { Plugins } from '../../../../src/scheduler/plugins/load-plugins.js';
import { ask, startFakeScheduler } from '../../../support/fake-service.js';
import type { FakeScheduler } from '../../../support/fake-service.js';
import { optionsOf } from './options.js';

/** A scheduler in which everything that the API can show is there. */
export interface World extends FakeScheduler {
  /** Of `/g/app`. */
  readonly version: string;
  readonly taskId: string;
  /** Of `/g/pod`. */
  readonly podVersion: string;
  readonly podInstanceId: string;
  /** The deployment of `/large`, which waits. */
  readonly deploymentId: string;
}

/** The ids of the URLs that `urlIn` fills in. */
export const appId = '/g/app';
export const podId = '/g/pod';
/** An app that no offer is large enough for. */
const largeId = '/large';

export const aPod = {
  id: podId,
  containers: [
    {
      name: 'c',
      exec: { command: { shell: 'sleep 1' } },
      endpoints: [{ name: 'web', hostPort: 0, protocol: ['tcp'] }],
      healthCheck: { http: { endpoint: 'web' } },
    },
  ],
};

const plugins: Plugins = {
  ...noPlugins,
  definitions: [
    {
      id: 'page',
      plugin: 'mesosphere.marathon.plugin.http.HttpRequestHandler',
      interface: 'HttpRequestHandler',
      implementation: './page.mjs',
      tags: ['ui'],
      info: { version: '1' },
      configuration: {},
    },
  ],
  requestHandlers: new Map([
    ['page', { id: 'page', plugin: { serve: (_request, response) => void response.status(200) } }],
  ]),
};

/**
 * `/g/app` runs two instances, one of them unhealthy, and has lost another; `/g/pod` runs one, has lost another and waits for a second one;
 * `/large` waits with offers refused. A plugin `page` answers, and the leadership can be given up.
 */
export async function startWorld(t: Test): Promise<World> {
  const logger = withLevels({ ...silentLogger, child: () => silentLogger }, 'info').child({ component: 'api' });
  const scheduler = await startFakeScheduler(t, optionsOf(), { plugins, logger });
  const { api, checker, service } = scheduler;
  Object.assign(service, { abdicate: () => undefined });
  const app = {
    id: appId,
    cmd: 'sleep 1000',
    instances: 2,
    labels: { owner: 'zeus' },
    healthChecks: [{ path: '/' }],
    fetch: [{ uri: 'http://files/a.zip' }],
  };
  // A command is carried out after what came before it
  const settled = (): Promise<unknown> => ask(api, 'POST', '/v2/tasks/delete', { ids: [] });
  const created = await ask(api, 'POST', '/v2/apps', app);
  const large = await ask(api, 'POST', '/v2/apps', { id: largeId, cmd: 'sleep 1000', cpus: 1000 });
  const domain = { region: 'primary', zone: 'a', attributes: { rack: { type: 'TEXT', value: 'r1' } as const } };
  const [first, second] = await scheduler.run(appId, domain);
  // Both healthy: the deployment ends
  checker.run();
  await settled();
  await scheduler.status(first?.taskId ?? '', 'TASK_FAILED', 'made to fail');
  await ask(api, 'DELETE', `/v2/queue/${appId}/delay`);
  const instances = await scheduler.run(appId, domain);
  await scheduler.status(second?.taskId ?? '', 'TASK_RUNNING', '', [{ ipAddress: '10.1.2.3', protocol: 'IPv4' }]);
  checker.verdict = ({ taskId }) =>
    taskId === second?.taskId ? { result: 'healthy' } : { result: 'unhealthy', cause: 'HTTP 500' };
  checker.run();
  await settled();
  const pod = await ask(api, 'POST', '/v2/pods', aPod);
  const [lost] = await scheduler.run(podId, domain);
  await scheduler.status(lost?.taskId ?? '', 'TASK_FAILED', 'Command exited with status 1');
  await ask(api, 'DELETE', `/v2/queue/${podId}/delay`);
  const [running] = await scheduler.run(podId, domain);
  await scheduler.status(running?.taskId ?? '', 'TASK_RUNNING', '', [], true);
  await ask(api, 'PUT', `/v2/pods/${podId}`, { ...aPod, scaling: { kind: 'fixed', instances: 2 } });
  return {
    ...scheduler,
    version: created.json.version,
    taskId: instances[0]?.taskId ?? '',
    podVersion: pod.json.version,
    podInstanceId: running?.id ?? '',
    deploymentId: large.headers['marathon-deployment-id'] ?? '',
  };
}

/** A URL of RAML (`/v2/apps/{app_id}/tasks/{task_id}`) in such a world. */
export function urlIn(world: World, path: string): string {
  const values: Readonly<Record<string, string>> = {
    app_id: path.startsWith('/v2/queue') ? largeId : appId,
    task_id: world.taskId,
    version: path.startsWith('/v2/pods') ? world.podVersion : world.version,
    id: podId,
    group_id: '/g',
    deployment_id: world.deploymentId,
    plugin_id: 'page',
    path: 'main.js',
    instance: world.podInstanceId,
  };
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`${path}: nothing is known for ${name}`);
    return value;
  });
}
