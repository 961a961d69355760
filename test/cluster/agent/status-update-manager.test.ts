import t from 'tap';
import type { AgentUpdate } from '../../../src/cluster/agent-port.js';
import { StatusUpdateManager } from '../../../src/cluster/agent/status-update-manager.js';
import type { TaskState, TaskStatus } from '../../../src/mesos/types.js';
import { waitFor } from '../../support/wait.js';

const status = (id: string, state: TaskState, uuid: string): TaskStatus => ({ task_id: { value: id }, state, uuid });

t.test('one update of a task at a time, oldest first, until it is acknowledged', async (t) => {
  const delivered: AgentUpdate[] = [];
  const uuids = (): (string | undefined)[] => delivered.map((update) => update.status.uuid);
  const manager = new StatusUpdateManager(30);
  t.teardown(() => manager.close());
  manager.add('f', status('a', 'TASK_STARTING', 'a1'));
  t.strictSame(delivered, [], 'nothing before it is open');
  manager.open((update) => delivered.push(update));
  manager.add('f', status('a', 'TASK_RUNNING', 'a2'));
  manager.add('f', status('b', 'TASK_FAILED', 'b1'));
  t.strictSame(uuids(), ['a1', 'b1'], 'tasks do not wait for each other');
  t.equal(manager.acknowledge('f', 'a', 'a2'), undefined, 'not the one being sent');
  t.equal(manager.acknowledge('f', 'b', 'b1')?.state, 'TASK_FAILED');

  await waitFor('the update to be sent again', () => uuids().filter((uuid) => uuid === 'a1').length >= 3);
  t.equal(delivered.at(-1)?.latestState, 'TASK_RUNNING', 'the newest state comes with the old update');
  t.notOk(uuids().includes('a2'));
  t.equal(uuids().filter((uuid) => uuid === 'b1').length, 1);

  t.equal(manager.acknowledge('f', 'a', 'a1')?.uuid, 'a1');
  await waitFor('the next one', () => uuids().includes('a2'));
  t.equal(manager.acknowledge('f', 'a', 'a1'), undefined, 'twice is nothing');
  manager.forget('f', 'a');
  t.equal(manager.acknowledge('f', 'a', 'a2'), undefined, 'forgotten');
});

t.test('after close nothing is delivered', async (t) => {
  let count = 0;
  const manager = new StatusUpdateManager(10);
  manager.open(() => count++);
  manager.add('f', status('a', 'TASK_RUNNING', 'a1'));
  manager.close();
  manager.add('f', status('b', 'TASK_RUNNING', 'b1'));
  await new Promise((resolve) => setTimeout(resolve, 50));
  t.equal(count, 1);
});
