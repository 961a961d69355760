import t from 'tap';
import { readState } from '../../../src/dns/exact/state-document.js';

const good = {
  leader: 'master@10.0.0.1:5050',
  slaves: [{ id: 'a-S0', pid: 'slave(1)@10.1.0.1:5051' }],
  frameworks: [
    {
      name: 'marathon',
      hostname: 'scheduler.example',
      tasks: [
        { id: 'x', name: 'x', slave_id: 'a-S0', state: 'TASK_RUNNING' },
        {
          id: 'x',
          name: 'x',
          slave_id: 'a-S0',
          state: 'TASK_RUNNING',
          discovery: { name: 'd', ports: { ports: [{}] } },
        },
      ],
    },
  ],
};

function withTask(task: object): object {
  return { ...good, frameworks: [{ name: 'f', tasks: [task] }] };
}

t.test('what is there twice counts twice, what is null is empty', async (t) => {
  const state = readState(good);
  t.equal(state.tasks.size, 2);
  t.strictSame([...state.wantedHosts], ['scheduler.example']);
  t.strictSame([...state.neededHosts], []);
  const twice = readState({ ...good, slaves: [...good.slaves, { id: 'a-S0', pid: 'slave(1)@host:5051' }] });
  t.equal(twice.agents.size, 2);
  t.equal(twice.agents.get('a-S0')?.address.host, 'host', 'the last one is the one of its tasks');
  t.strictSame([...twice.neededHosts], ['host']);
  t.equal(readState({ leader: good.leader, slaves: null }).agents.size, 0, 'nothing is a state, too');
});

t.test('one wrong type anywhere, and the whole document is rejected', async (t) => {
  for (const bad of [
    null,
    [],
    { ...good, leader: 'nobody' },
    { ...good, leader: undefined },
    { ...good, leader: 'a@b@10.0.0.1:5050' },
    { ...good, slaves: {} },
    { ...good, slaves: [{ id: 'a-S0' }] },
    { ...good, slaves: [{ id: 'a-S0', pid: '' }] },
    { ...good, frameworks: [{ name: 'f', pid: null }] },
    { ...good, frameworks: [{ name: 1 }] },
    withTask({ id: 1 }),
    withTask({ resources: { ports: [1] } }),
    withTask({ statuses: [{ timestamp: '1' }] }),
    withTask({ statuses: [{ labels: {} }] }),
    withTask({ statuses: [{ labels: [{ value: 1 }] }] }),
    withTask({ statuses: [{ container_status: { network_infos: [{ ip_addresses: [{ ip_address: 1 }] }] } }] }),
    withTask({ discovery: { name: 'd', ports: { ports: [{ number: '80' }] } } }),
    withTask({ discovery: { name: 'd', ports: { ports: [{ number: 1.5 }] } } }),
    withTask({ discovery: 'd' }),
  ]) {
    t.throws(() => readState(bad), { name: 'StateError' }, JSON.stringify(bad)?.slice(-100));
  }
});
