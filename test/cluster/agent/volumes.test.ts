// Persistent volumes: made by CREATE, there for one task after the other, gone with DESTROY.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Resource, TaskInfo } from '../../../src/mesos/types.js';
import { importImage, podmanProblem } from '../../support/podman.js';
import { newWorkDir, runAgent } from './support/run-agent.js';

const reservations = [{ type: 'DYNAMIC', role: 'dev', principal: 'p' }];
const disk = (persistence?: object): Resource => ({
  name: 'disk',
  type: 'SCALAR',
  scalar: { value: 16 },
  reservations,
  ...(persistence === undefined ? {} : { disk: persistence }),
});
const volume = disk({
  persistence: { id: 'app#data#1', principal: 'p' },
  volume: { container_path: 'data', mode: 'RW' },
});
const withVolume: Partial<TaskInfo> = {
  resources: [
    { name: 'cpus', type: 'SCALAR', scalar: { value: 0.1 }, allocation_info: { role: 'dev' } },
    { ...volume, allocation_info: { role: 'dev' } },
  ],
};

t.test('persistent volumes', { timeout: 60_000 }, async (t) => {
  const skip = podmanProblem();
  const image = skip === false ? importImage(t) : undefined;
  const workDir = newWorkDir();
  const run = await runAgent(workDir, { tuning: { containerEngine: 'podman', diskWatchMs: 50 } });
  t.teardown(async () => {
    await run.agent.stop('everything');
    rmSync(workDir, { recursive: true });
  });
  const directory = join(workDir, 'cluster/agent/volumes/roles/dev/app#data#1');

  t.test('a task that comes too early says so', async (t) => {
    run.launch('early', { value: 'true' }, withVolume);
    t.match(await run.end('early'), {
      state: 'TASK_FAILED',
      message: /^Failed to launch container: the persistent volume 'data' is gone/,
    });
  });

  t.test('made and used in one go, kept between tasks', async (t) => {
    const made = Promise.all([
      run.agent.applyOperation({ type: 'RESERVE', reserve: { resources: [disk()] } }),
      run.agent.applyOperation({ type: 'CREATE', create: { volumes: [volume] } }),
    ]);
    run.launch(
      'writes',
      { value: 'ls data; echo kept >data/file; dd if=/dev/zero of=data/big bs=1048576 count=2 2>/dev/null' },
      withVolume,
    );
    await made;
    t.match(await run.end('writes'), { state: 'TASK_FINISHED' });
    run.launch('reads', { value: 'cat data/file; exec sleep 0.3' }, withVolume);
    t.match(await run.end('reads'), { state: 'TASK_FINISHED' }, 'the data is not in the sandbox that is measured');
    t.equal(run.log('reads', 'stdout'), 'kept\n');
    t.equal(readFileSync(join(directory, 'file'), 'utf8'), 'kept\n');
  });

  t.test('in a container: in its sandbox, and by its name where the image wants it', { skip }, async (t) => {
    const container = {
      type: 'DOCKER',
      docker: { image: image?.name },
      volumes: [{ container_path: '/var/lib/db', host_path: 'data', mode: 'RW' }],
    };
    run.launch(
      'container',
      { value: 'cat "$MESOS_SANDBOX/data/file" /var/lib/db/file; echo more >>/var/lib/db/file' },
      { ...withVolume, container },
    );
    t.match(await run.end('container'), { state: 'TASK_FINISHED' });
    t.equal(run.log('container', 'stdout'), 'kept\nkept\n');
    t.equal(readFileSync(join(directory, 'file'), 'utf8'), 'kept\nmore\n');
  });

  t.test('DESTROY takes the data', async (t) => {
    await run.agent.applyOperation({ type: 'DESTROY', destroy: { volumes: [volume] } });
    t.notOk(existsSync(directory));
  });
});
