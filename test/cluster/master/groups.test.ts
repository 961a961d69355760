// LAUNCH_GROUP: tasks that share an executor of the default kind.
import t from 'tap';
import { getExecutors } from '../../../src/cluster/master/views/operator.js';
import { frameworks } from '../../../src/cluster/master/views/summaries.js';
import type { ExecutorInfo, OfferOperation, Resource, TaskInfo } from '../../../src/mesos/types.js';
import { scalar, task } from '../../conformance/mesos/mesos-client.js';
import { FakeAgent } from './fake-agent.js';
import type { World } from './master-world.js';
import { last, world } from './master-world.js';

const amount = (name: string, value: number): Resource => ({ name, type: 'SCALAR', scalar: { value } });

function executor(w: World, more: object = {}): ExecutorInfo {
  return {
    type: 'DEFAULT',
    executor_id: { value: 'instance-pod.1' },
    framework_id: { value: w.framework('s').id },
    resources: [amount('cpus', 0.1), amount('mem', 32), amount('disk', 10)],
    ...more,
  };
}

function group(w: World, tasks: object[], more: object = {}): OfferOperation {
  return {
    type: 'LAUNCH_GROUP',
    launch_group: { executor: executor(w, more), task_group: { tasks: tasks as TaskInfo[] } },
  };
}

t.test('a group runs, is shown with its executor, and ends with it', async (t) => {
  const w = await world();
  w.subscribe('s');
  w.accept('s', last(w.offers('s')), [
    group(w, [task('a', w.agent.id, 'sleep 1000'), task('b', w.agent.id, 'sleep 1000')]),
  ]);
  const rest = last(w.offers('s'));
  t.equal(scalar(rest, 'cpus'), 3.7);
  t.equal(scalar(rest, 'disk'), 9990);
  t.same(rest.executor_ids, [{ value: 'instance-pod.1' }]);
  t.match(last(w.statuses('s')), { executor_id: { value: 'instance-pod.1' } });
  t.match(getExecutors(w.master.state), {
    executors: [{ executor_info: { type: 'DEFAULT', executor_id: { value: 'instance-pod.1' } }, agent_id: w.agent.id }],
  });
  t.match(frameworks(w.master.state, undefined), {
    frameworks: [
      {
        used_resources: { cpus: 0.3, disk: 10, mem: 96 },
        executors: [{ executor_id: 'instance-pod.1', resources: { cpus: 0.1 }, type: 'DEFAULT', role: '*' }],
        tasks: [{ id: 'a', executor_id: 'instance-pod.1' }, { id: 'b' }],
      },
    ],
  });
  w.call('s', { type: 'RECONCILE', reconcile: { tasks: [{ task_id: { value: 'a' } }] } });
  t.match(last(w.statuses('s')), { executor_id: { value: 'instance-pod.1' }, reason: 'REASON_RECONCILIATION' });

  w.call('s', {
    type: 'SHUTDOWN',
    shutdown: { executor_id: { value: 'instance-pod.1' }, agent_id: w.agent.id },
  });
  w.acknowledgeAll('s');
  const failure = w.events('s').find((e) => e.type === 'FAILURE');
  t.match(failure, { failure: { agent_id: w.agent.id, executor_id: { value: 'instance-pod.1' }, status: 0 } });
  t.same(getExecutors(w.master.state), { executors: [] });
  t.equal(w.master.state.agents.get(w.agent.id.value)?.used.size, 0);
});

t.test('an agent brings its executors along; they are gone with their framework or their agent', async (t) => {
  const before = await world();
  const id = before.subscribe('s');
  before.accept('s', last(before.offers('s')), [group(before, [task('a', before.agent.id, 'sleep 1000')])]);
  const w = await world({ agent: before.agent });
  t.equal(getExecutors(w.master.state).executors?.length, 1);
  w.subscribe('other');
  t.equal(scalar(last(w.offers('other')), 'cpus'), 3.8);
  w.master.removeFramework(id, w.now);
  t.equal(w.master.state.agents.get(w.agent.id.value)?.used.size, 0);

  const gone = await world();
  gone.subscribe('s');
  gone.accept('s', last(gone.offers('s')), [group(gone, [task('a', gone.agent.id, 'sleep 1000')])]);
  gone.master.removeAgent(gone.agent.id.value, gone.now);
  t.equal(gone.framework('s').allocated.size, 0);
  t.same([...gone.master.state.total], []);
});

t.test('an invalid group starts none of its tasks', async (t) => {
  const agent = new FakeAgent({ cpus: 4 });
  const w = await world({ agent });
  w.subscribe('s');
  const good = task('good', agent.id, 'true');
  const ports = { name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 31_000, end: 31_000 }] } };
  const cases: [OfferOperation, RegExp | string][] = [
    [group(w, [good], { framework_id: undefined }), "'ExecutorInfo.framework_id' must be set"],
    [group(w, [good], { framework_id: { value: 'x' } }), /^ExecutorInfo has an invalid FrameworkID \(Actual: x vs/],
    [group(w, [good], { type: undefined }), "'ExecutorInfo.type' must be set"],
    [group(w, [good], { command: { value: 'x' } }), "'ExecutorInfo.command' must not be set for 'DEFAULT' executor"],
    [group(w, [good], { type: 'CUSTOM' }), /^Custom executors are not supported/],
    [group(w, [good], { executor_id: { value: 'a/b' } }), "'a/b' contains invalid characters"],
    [group(w, [good], { resources: [] }), /uses less CPUs \(None\) than the minimum required \(0.01\)$/],
    [group(w, [good], { resources: [amount('cpus', 0.1), amount('mem', 1)] }), /uses less memory \(1MB\)/],
    [group(w, [good], { resources: [amount('cpus', 0.1), amount('mem', 32)] }), /uses no disk$/],
    [group(w, [good, task('x/y', agent.id, 'true')]), "Task 'x/y' is invalid: 'x/y' contains invalid characters"],
    [group(w, [good, good]), "Task 'good' is invalid: Task has duplicate ID: good"],
    [
      group(w, [task('d', agent.id, 'true', { container: { type: 'DOCKER' } })]),
      "Task 'd' is invalid: Docker ContainerInfo is not supported on the task",
    ],
    [
      group(
        w,
        [1, 2].map((n) => task(`p${n}`, agent.id, 'true', { resources: [amount('cpus', 0.1), ports] })),
      ),
      /^There are overlapping resources/,
    ],
    [
      group(w, [good, task('big', agent.id, 'true', { resources: [amount('cpus', 99)] })]),
      /^Total resources .* required by task group and its executor are more than available /,
    ],
  ];
  for (const [operation, message] of cases) {
    const tasks = operation.launch_group?.task_group.tasks ?? [];
    const before = w.statuses('s').length;
    w.accept('s', last(w.offers('s')), [operation]);
    const told = w.statuses('s').slice(before);
    t.equal(told.length, tasks.length, String(message));
    for (const status of told) {
      t.match(status, { state: 'TASK_ERROR', reason: 'REASON_TASK_GROUP_INVALID', message });
    }
    w.passTo(w.now + 200);
  }
  t.equal(agent.tasks.size, 0);
  t.equal(getExecutors(w.master.state).executors?.length, 0);
});
