import t from 'tap';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import { runCases } from '../support/cases.js';

/** Every field of an app that has a value of its own when it is not given. */
const fields = [
  ...['cmd', 'args', 'env', 'labels', 'constraints', 'container', 'cpus', 'mem', 'disk', 'gpus', 'instances', 'user'],
  ...['executor', 'fetch', 'uris', 'ports', 'portDefinitions', 'requirePorts', 'healthChecks', 'readinessChecks'],
  ...['backoffSeconds', 'backoffFactor', 'maxLaunchDelaySeconds', 'taskKillGracePeriodSeconds', 'upgradeStrategy'],
  ...['unreachableStrategy', 'killSelection', 'acceptedResourceRoles', 'dependencies', 'ipAddress', 'networks', 'role'],
  ...['residency', 'secrets', 'storeUrls', 'tty', 'check', 'executorResources', 'resourceLimits', 'version'],
];
const nulls = Object.fromEntries(fields.map((field) => [field, null]));

await runCases(t, 'rule 3, null is absent, 3.0 is 3, 3.5 is refused', [
  {
    name: 'null in every field of a new app',
    why: 'go-marathon sends "ports": null and "dependencies": null with each app',
    run: async (t) => {
      const { api } = await startFakeScheduler(t);
      const withNulls = await ask(api, 'POST', '/v2/apps', { ...nulls, id: '/a', cmd: 'x' });
      const without = await ask(api, 'POST', '/v2/apps', { id: '/b', cmd: 'x' });
      t.equal(withNulls.status, 201, withNulls.text);
      const shape = (json: object): readonly string[] => Object.keys(json);
      t.same(shape(withNulls.json), shape(without.json));
    },
  },
  {
    name: 'null in an update changes nothing',
    why: 'a scaling go-marathon would otherwise take the ports away',
    run: async (t) => {
      const { api } = await startFakeScheduler(t);
      await ask(api, 'POST', '/v2/apps', { id: '/a', cmd: 'x', instances: 0, ports: [8080, 8081], labels: { a: 'b' } });
      const before = (await ask(api, 'GET', '/v2/apps/a')).json.app;
      t.equal((await ask(api, 'PUT', '/v2/apps/a?force=true', { ...nulls, id: '/a', instances: 0 })).status, 200);
      const { version: _, ...after } = (await ask(api, 'GET', '/v2/apps/a')).json.app;
      t.match(before, after, 'the same app');
    },
  },
  {
    name: 'null within groups and pods',
    why: 'their members are of the same kind',
    run: async (t) => {
      const { api } = await startFakeScheduler(t);
      const app = { ...nulls, id: 'a', cmd: 'x', instances: 0 };
      const group = { id: '/g', apps: [app], groups: null, dependencies: null, pods: null, version: null };
      t.equal((await ask(api, 'POST', '/v2/groups', group)).status, 201);
      const pod = {
        id: '/p',
        containers: [{ name: 'c', resources: { cpus: 0.1, mem: 32 }, endpoints: null, image: null, labels: null }],
        labels: null,
        networks: null,
        scheduling: null,
        volumes: null,
      };
      const created = await ask(api, 'POST', '/v2/pods', pod);
      t.equal(created.status, 201, created.text);
    },
  },
  {
    name: 'a whole number may be written as a fraction',
    why: 'marathonctl scales with {"instances": 3.000000}',
    run: async (t) => {
      const { api, service } = await startFakeScheduler(t);
      const body = '{"id":"/a","cmd":"x","instances":0.0,"gpus":0.00,"ports":[8080.0],"maxLaunchDelaySeconds":3.6e3}';
      t.equal((await ask(api, 'POST', '/v2/apps', body)).status, 201);
      const { status } = await ask(api, 'PUT', '/v2/apps/a?force=true', '{"instances": 3.000000}');
      t.equal(status, 200);
      t.match(service.state.apps.get('/a'), {
        instances: 3,
        maxLaunchDelaySeconds: 3600,
        portDefinitions: [{ port: 8080 }],
      });
      t.match((await ask(api, 'GET', '/v2/apps/a')).text, /"instances":3,/);
    },
  },
  {
    name: 'a fraction where there can be none is refused',
    why: 'half an instance has no meaning; who sends it must hear so',
    run: async (t) => {
      const { api } = await startFakeScheduler(t);
      for (const field of ['instances', 'gpus', 'backoffSeconds', 'maxLaunchDelaySeconds']) {
        const { status, json } = await ask(api, 'POST', '/v2/apps', `{"id":"/a","cmd":"x","${field}":3.5}`);
        t.equal(status, 422, field);
        t.same(json.details, [{ path: `/${field}`, errors: ['error.expected.int'] }], field);
      }
      const port = await ask(api, 'POST', '/v2/apps', '{"id":"/a","cmd":"x","ports":[1.5]}');
      t.match(port, { status: 422, json: { details: [{ path: '/ports(0)' }] } });
    },
  },
]);
