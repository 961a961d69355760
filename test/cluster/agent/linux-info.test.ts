// What of a container's Linux settings a process of this machine cannot have.
import { rmSync } from 'node:fs';
import t from 'tap';
import { newWorkDir, runAgent } from './support/run-agent.js';

t.test('a task that would run without what it asked for is not started', async (t) => {
  const workDir = newWorkDir();
  const run = await runAgent(workDir);
  t.teardown(async () => {
    await run.agent.stop('everything');
    rmSync(workDir, { recursive: true });
  });
  const launch = (id: string, linux_info: object): void =>
    run.launch(id, { value: 'true' }, { container: { type: 'MESOS', linux_info } });

  launch('profile', { seccomp: { profile_name: 'strict' } });
  t.match(await run.end('profile'), { state: 'TASK_FAILED', message: /cannot have a seccomp profile: that needs a/ });
  for (const [id, linuxInfo] of [
    ['private', { ipc_mode: 'PRIVATE' }],
    ['sized', { shm_size: 64 }],
  ] as const) {
    launch(id, linuxInfo);
    t.match(await run.end(id), { state: 'TASK_FAILED', message: /cannot have shared memory of its own/ }, id);
  }
  launch('shared', { seccomp: { unconfined: true }, ipc_mode: 'SHARE_PARENT' });
  t.match(await run.end('shared'), { state: 'TASK_FINISHED' }, 'this is how processes run anyway');
});
