import { readFileSync } from 'node:fs';
import t from 'tap';
import type { OperatorState } from '../../../src/mesos/types.js';
import { ClusterView, graceFor } from '../../../src/dns/source/cluster-view.js';
import { snapshotFromMasterState } from '../../../src/dns/source/from-master-state.js';
import { snapshotFromOperator } from '../../../src/dns/source/from-operator.js';
import { sharedPath } from '../../support/shared.js';

const recordings = sharedPath('recordings/mesos');
const leader = { authority: '127.0.0.1:5050', info: undefined };

function bodyOf(file: string): unknown {
  const text = readFileSync(`${recordings ?? ''}/${file}`, 'utf8');
  return JSON.parse(text.slice(text.indexOf('{', text.indexOf('<<< RESPONSE'))).trim());
}

t.test(
  'both views of one real cluster are the same view',
  { skip: recordings === undefined && 'no recordings' },
  (t) => {
    const state = bodyOf('12-master-GET-state.txt');
    const { get_state: operator } = bodyOf('12-master-api-v1-GET_STATE.txt') as { get_state: OperatorState };
    const polled = snapshotFromMasterState(state, leader.authority);
    t.ok(polled.tasks.length > 2 && polled.agents.length > 0 && polled.frameworks.length > 0);
    const view = new ClusterView(graceFor(60_000));
    view.reset(snapshotFromOperator(operator, leader), { nowMs: 0, newLeadership: true });
    view.takeTouched(Infinity);
    view.reset(polled, { nowMs: 0, newLeadership: false });
    t.strictSame(view.takeTouched(Infinity), []);
    t.strictSame(view.leader, { host: '127.0.0.1', port: 5050 });
    t.end();
  },
);

t.test('bad items cost themselves only', (t) => {
  const state = {
    leader: 7,
    slaves: [null, { id: 'S1' }, { id: 'S2', pid: 'slave(1)@10.0.0.2:5051' }, { id: 3, pid: 'x' }],
    frameworks: [
      5,
      {
        id: 'F1',
        name: 'fw',
        tasks: [{ id: 't1' }, 'x', { id: 't2', slave_id: 'S2', statuses: [null], resources: 9 }],
      },
      { id: 'F2', tasks: null },
    ],
  };
  const snapshot = snapshotFromMasterState(state, '10.0.0.1:5050');
  t.strictSame(
    snapshot.agents.map(({ id }) => id),
    ['S2'],
  );
  t.strictSame(
    snapshot.frameworks.map(({ id }) => id),
    ['F1'],
  );
  t.match(snapshot.tasks, [{ id: 't2', running: false, ports: [], name: '' }]);
  t.strictSame(snapshot.leader, { host: '10.0.0.1', port: 5050 });
  for (const document of [null, [], 'x', {}, { slaves: [] }]) {
    t.throws(() => snapshotFromMasterState(document, 'm:1'), /not the state of a Mesos master/);
  }
  const odd = { get_tasks: { tasks: [{}, null] }, get_agents: { agents: [null, {}] }, get_frameworks: 3 };
  t.match(snapshotFromOperator(odd as unknown as OperatorState, leader), { tasks: [], agents: [], frameworks: [] });
  t.end();
});
