import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import { frameworkInfo, http, task, TestFramework } from '../../conformance/mesos/mesos-client.js';
import { freePort } from '../../support/ports.js';
import { identifyProcess } from '../../../src/common/process-identity.js';
import { waitFor } from '../../support/wait.js';

t.test('kill -9 of the cluster stops no task; the next one knows them, and its frameworks come back', async (t) => {
  const masterPort = await freePort();
  const args = [String(masterPort), String(await freePort()), t.testdir()];
  const base = `http://127.0.0.1:${masterPort}`;
  let child: ChildProcess | undefined;
  const start = async (): Promise<ChildProcess> => {
    child = fork(new URL('./cluster-process.js', import.meta.url), args);
    await once(child, 'message');
    return child;
  };
  const stop = async (process: ChildProcess): Promise<void> => {
    process.send('everything');
    await once(process, 'exit');
  };
  t.teardown(async () => {
    if (child !== undefined && child.exitCode === null && child.signalCode === null) await stop(child);
  });

  const first = await start();
  const before = await TestFramework.subscribe(base);
  const offer = await before.offer();
  await before.launch(
    [offer],
    [task('survivor', offer.agent_id, 'sleep 1000'), task('ends', offer.agent_id, 'sleep 2')],
  );
  const running = await before.status('survivor', (s) => s.state === 'TASK_RUNNING');
  await before.status('ends', (s) => s.state === 'TASK_RUNNING');
  first.kill('SIGKILL');
  await once(first, 'exit');
  before.disconnect();
  t.ok(identifyProcess(running.container_status?.executor_pid ?? 0) !== undefined, 'the task runs on');

  const second = await start();
  const { frameworks } = JSON.parse((await http(base, 'GET', '/frameworks')).body) as { frameworks: object[] };
  t.match(frameworks, [{ id: before.id, recovered: true, connected: false }]);
  const after = await TestFramework.subscribe(base, { info: frameworkInfo({ id: { value: before.id } }) });
  t.equal((await after.offer()).agent_id.value, offer.agent_id.value);
  const asked = ['survivor', 'ends'].map((value) => ({ task_id: { value } }));
  await waitFor('both states', async () => {
    await after.call({ type: 'RECONCILE', reconcile: { tasks: asked } });
    return after.states('survivor').includes('TASK_RUNNING') && after.states('ends').includes('TASK_FINISHED');
  });
  await after.call({ type: 'KILL', kill: { task_id: { value: 'survivor' } } });
  await after.status('survivor', (s) => s.state === 'TASK_KILLED');
  await waitFor('all resources to be offered', async () => {
    const { slaves } = JSON.parse((await http(base, 'GET', '/slaves')).body) as {
      slaves: { used_resources: { cpus: number } }[];
    };
    return slaves[0]?.used_resources.cpus === 0;
  });
  await after.teardown();
  await stop(second);
});
