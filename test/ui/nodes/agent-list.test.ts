import t from 'tap';
import type { Agent } from '../../../src/ui/api/cluster.js';
import { isFound, sortedAgents, totalsOf, portsText } from '../../../src/ui/pages/nodes/agent-list.js';

function agent(host: string, change: Partial<Agent> = {}): Agent {
  return {
    id: `id-${host}`,
    host,
    address: `${host}:5051`,
    registeredAt: null,
    total: { cpus: 4, mem: 1000, disk: 100, gpus: 0, ports: '' },
    used: { cpus: 1, mem: 100, disk: 0, gpus: 0, ports: '' },
    attributes: {},
    region: null,
    zone: null,
    withheld: null,
    tasks: [],
    taskCount: 0,
    otherTasks: 0,
    ...change,
  };
}

const used = { cpus: 3, mem: 100, disk: 0, gpus: 0, ports: '' };
const agents = [
  agent('host-10', { used, taskCount: 2, otherTasks: 1, withheld: 'maintenance' }),
  agent('host-2', {
    attributes: { rack: 'r1' },
    zone: 'east',
    taskCount: 5,
    total: { cpus: 4, mem: 100, disk: 0, gpus: 2, ports: '' },
  }),
];

t.test('what all have together', (t) => {
  t.same(totalsOf(agents), {
    total: { cpus: 8, mem: 1100, disk: 100, gpus: 2 },
    used: { cpus: 4, mem: 200, disk: 0, gpus: 0 },
    tasks: 7,
    otherTasks: 1,
    withheld: 1,
  });
  t.same(totalsOf([]).total, { cpus: 0, mem: 0, disk: 0, gpus: 0 });
  t.end();
});

t.test('found by all words, wherever they are', (t) => {
  const [, second] = agents;
  if (second === undefined) return t.fail('there are two');
  for (const text of ['', 'HOST-2', 'rack:r1 east', 'id-host']) t.ok(isFound(second, text), text);
  for (const text of ['rack:r2', 'host-2 west']) t.notOk(isFound(second, text), text);
  t.ok(
    isFound(agent('h', { tasks: [{ id: 't', app: '/prod/web', state: 'TASK_RUNNING' }] }), '/prod/web'),
    'apps on it',
  );
  t.end();
});

t.test('orders', (t) => {
  const hosts = (order: Parameters<typeof sortedAgents>[1]) => sortedAgents(agents, order).map(({ host }) => host);
  t.same(hosts('host'), ['host-2', 'host-10'], 'numbers in names count as numbers');
  t.same(hosts('cpus'), ['host-10', 'host-2']);
  t.same(hosts('mem'), ['host-2', 'host-10']);
  t.same(hosts('disk'), ['host-2', 'host-10'], 'of what there is none, none is used');
  t.same(hosts('tasks'), ['host-2', 'host-10']);
  t.end();
});

t.test('ports are told as people write them', async (t) => {
  t.equal(portsText('[31064-31064, 31172-31180]'), '31064, 31172-31180');
  t.equal(portsText('[3100-31001]'), '3100-31001', 'a range that begins like its end');
  t.equal(portsText('[]'), 'none');
  t.equal(portsText(''), 'none');
});
