import t from 'tap';
import { runCases } from './support/cases.js';
import { readApps, targetsOf } from './support/readers/prometheus.js';
import { goJsonHeaders, serveScheduler } from './support/wire.js';

const headers = { 'User-Agent': 'Prometheus/3.6.0', 'Accept-Encoding': 'gzip' };
/** marathon.go:130: a slash before the query. */
const path = '/v2/apps/?embed=apps.tasks';

await runCases(t, 'Prometheus marathon_sd [d15adb9ad7]', [
  {
    name: 'targets of every kind of app',
    why: 'one port that is negative or no whole number, in any app, and no target of any app is found',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(goJsonHeaders);
      const labels = { prometheus: 'yes' };
      const portDefinitions = [
        { port: 0, name: 'http', labels: { metrics: '/metrics' } },
        { port: 0, name: 'admin' },
      ];
      const bridge = {
        id: '/bridge',
        container: {
          type: 'DOCKER',
          docker: { image: 'busybox' },
          portMappings: [
            { containerPort: 80, labels: { a: 'b' } },
            { containerPort: 0, hostPort: 0 },
            { containerPort: 9 },
          ],
        },
        networks: [{ mode: 'container/bridge' }],
      };
      const net = { ...bridge, id: '/net', networks: [{ mode: 'container', name: 'overlay' }] };
      for (const app of [
        { id: '/web', cmd: 'x', labels, portDefinitions, instances: 2 },
        { id: '/none', cmd: 'x', portDefinitions: [] },
        bridge,
        net,
      ]) {
        t.equal((await client.send('POST', '/v2/apps', app)).status, 201);
      }
      const instances = await scheduler.run('/web');
      await scheduler.run('/none');
      const answer = await scheduler.client(headers).send('GET', path);
      const apps = readApps(answer);
      t.same(
        apps.map(({ id }) => id),
        ['/web', '/none', '/bridge', '/net'],
      );
      const [web, none] = apps;
      t.match(web, { labels, tasksRunning: 2, requirePorts: false, networks: [{ mode: 'host', name: '' }] });
      t.match(web?.portDefinitions, [{ labels: { metrics: '/metrics' } }, {}]);
      t.same(
        web === undefined ? [] : targetsOf(web).map(({ address }) => address),
        instances.flatMap(({ ports }) => ports.map((port) => `10.0.0.1:${port}`)),
      );
      t.same(none === undefined ? [] : targetsOf(none), []);
      t.match(apps[2]?.container, {
        docker: { image: 'busybox' },
        portMappings: [{ containerPort: 80, hostPort: 0 }, {}, {}],
      });
      t.match(apps[3]?.networks, [{ mode: 'container', name: 'overlay' }]);
    },
  },
  {
    name: 'ports that would break it are not let in',
    why: 'whoever posts one app must not be able to take away the targets of all others',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(goJsonHeaders);
      const container = (mapping: object): object => ({
        container: { type: 'DOCKER', docker: { image: 'a' }, portMappings: [mapping] },
        networks: [{ mode: 'container/bridge' }],
      });
      const apps = [
        { cmd: 'x', ports: [-1] },
        { cmd: 'x', ports: [1.5] },
        { cmd: 'x', ports: [65_536] },
        { cmd: 'x', ports: [1e300] },
        { cmd: 'x', portDefinitions: [{ port: -1 }] },
        container({ containerPort: -1 }),
        container({ containerPort: 80, hostPort: -5 }),
        container({ containerPort: 80, servicePort: 0.5 }),
        container({ containerPort: 80, servicePort: -1 }),
      ];
      for (const [i, app] of apps.entries()) {
        const answer = await client.send('POST', '/v2/apps', { id: `/app-${i}`, ...app });
        t.equal(answer.status, 422, `${JSON.stringify(app)} ${answer.text}`);
      }
      t.same(readApps(await scheduler.client(headers).send('GET', path)), []);
    },
  },
  {
    name: 'an empty cluster',
    why: 'any 2xx is good, and a list without apps is one',
    run: async (t) => {
      const answer = await (await serveScheduler(t)).client(headers).send('GET', path);
      t.equal(answer.status, 200);
      t.same(readApps(answer), []);
    },
  },
]);
