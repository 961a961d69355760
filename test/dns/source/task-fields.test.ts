import t from 'tap';
import { discoveryOf, isBridged } from '../../../src/dns/source/task-fields.js';

t.test('whether a task is in a bridge of its agent', (t) => {
  t.ok(isBridged({ type: 'DOCKER', docker: { image: 'web', network: 'BRIDGE' } }));
  t.ok(isBridged({ type: 'MESOS', network_infos: [{ name: 'mesos-bridge' }] }), 'by the name of its network');
  for (const container of [
    undefined,
    'DOCKER',
    { type: 'DOCKER', docker: { image: 'web', network: 'HOST' } },
    { type: 'DOCKER', docker: { image: 'web', network: 'USER' }, network_infos: [{ name: 'overlay' }] },
    { type: 'MESOS', network_infos: [{ name: 'overlay' }, null] },
    { type: 'MESOS' },
  ]) {
    t.notOk(isBridged(container), JSON.stringify(container));
  }
  t.end();
});

t.test('ports of the agent are marked by a label, in both forms that Mesos writes', (t) => {
  const scope = (value: string) => ({ key: 'network-scope', value });
  const { ports } = discoveryOf({
    name: 'web',
    ports: {
      ports: [
        { number: 1, labels: { labels: [scope('host')] } },
        { number: 2, labels: [{ key: 'VIP', value: 'host' }, scope('host')] },
        { number: 3, labels: { labels: [scope('container')] } },
        { number: 4 },
        { number: 5, labels: 'host' },
      ],
    },
  });
  t.same(
    ports.map(({ isOfHost }) => isOfHost),
    [true, true, false, false, false],
  );
  t.end();
});
