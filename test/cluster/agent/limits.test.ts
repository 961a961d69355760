// Memory, disk and time: what keeps a task that is a process to what it was given.
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { diskUsage } from '../../../src/cluster/agent/limits/disk-watch.js';
import { waitFor } from '../../support/wait.js';
import { newWorkDir, runAgent } from './support/run-agent.js';

const scalar = (name: string, value: number) =>
  ({ name, type: 'SCALAR', scalar: { value }, allocation_info: { role: '*' } }) as const;

t.test('limits', async (t) => {
  const workDir = newWorkDir();
  const run = await runAgent(workDir, { tuning: { diskWatchMs: 50, memoryWatchMs: 50 } });
  t.teardown(async () => {
    await run.agent.stop('everything');
    rmSync(workDir, { recursive: true });
  });

  t.test('memory', async (t) => {
    const node = (mib: number): string =>
      `exec ${process.execPath} -e 'const held = Buffer.alloc(${mib} * 2 ** 20, 1); setTimeout(() => held, 1e6)'`;
    run.launch('fat', { value: node(200) }, { resources: [scalar('cpus', 0.1), scalar('mem', 128)] });
    run.launch('fits', { value: node(20) }, { resources: [scalar('cpus', 0.1), scalar('mem', 256)] });
    const end = await run.end('fat');
    t.match(end, {
      state: 'TASK_FAILED',
      source: 'SOURCE_AGENT',
      reason: 'REASON_CONTAINER_LIMITATION_MEMORY',
      message: /^Memory limit exceeded: Requested: 128MB Maximum Used: \d+MB$/,
    });
    t.strictSame(run.statesOf('fat'), ['TASK_STARTING', 'TASK_RUNNING', 'TASK_FAILED']);
    t.strictSame(run.statesOf('fits'), ['TASK_STARTING', 'TASK_RUNNING']);
    run.kill('fits');
  });

  t.test('memory beyond what was asked for, as far as the limit goes', async (t) => {
    const node = (mib: number): string =>
      `exec ${process.execPath} -e 'const held = Buffer.alloc(${mib} * 2 ** 20, 1); console.log("held"); setTimeout(() => held, 1e6)'`;
    const resources = [scalar('cpus', 0.1), scalar('mem', 64)];
    run.launch('above', { value: node(200) }, { resources, limits: { mem: { value: 96 } } });
    run.launch('free', { value: node(150) }, { resources, limits: { mem: { value: 'Infinity' } } });
    t.match(await run.end('above'), {
      state: 'TASK_FAILED',
      message: /^Memory limit exceeded: Requested: 96MB Maximum Used: \d+MB$/,
    });
    await waitFor('it to hold its memory', () => run.log('free', 'stdout').includes('held'));
    // A task that is watched, and ends, shows that there were looks meanwhile
    run.launch('watched', { value: node(100) }, { resources });
    await run.end('watched');
    t.strictSame(run.statesOf('free'), ['TASK_STARTING', 'TASK_RUNNING']);
    run.kill('free');
  });

  t.test('disk', async (t) => {
    run.launch(
      'full',
      { value: 'mkdir -p a/b; dd if=/dev/zero of=a/b/file bs=1048576 count=3 2>/dev/null; exec sleep 1000' },
      { resources: [scalar('cpus', 0.1), scalar('disk', 2)] },
    );
    t.match(await run.end('full'), {
      state: 'TASK_FAILED',
      source: 'SOURCE_AGENT',
      reason: 'REASON_CONTAINER_LIMITATION_DISK',
      message: /^Disk usage \(\dMB\) exceeds quota \(2MB\)$/,
    });
    const directory = join(workDir, 'disk');
    mkdirSync(join(directory, 'sub'), { recursive: true });
    writeFileSync(join(directory, 'sub/file'), 'x'.repeat(10_000));
    symlinkSync('/', join(directory, 'sub/link'));
    const used = await diskUsage(directory, Infinity);
    t.ok(used >= 10_000 && used < 100_000, 'links are not followed');
    t.equal(await diskUsage(join(directory, 'gone'), Infinity), 0);
  });

  t.test('time', async (t) => {
    const timed = { max_completion_time: { nanoseconds: 300e6 } };
    run.launch('slow', { value: 'exec sleep 1000' }, timed as object);
    run.launch('quick', { value: 'true' }, timed as object);
    t.match(await run.end('slow'), {
      state: 'TASK_FAILED',
      source: 'SOURCE_EXECUTOR',
      reason: 'REASON_MAX_COMPLETION_TIME_REACHED',
      message: 'Command terminated with signal Terminated',
    });
    t.strictSame(run.statesOf('slow'), ['TASK_STARTING', 'TASK_RUNNING', 'TASK_FAILED']);
    t.match(await run.end('quick'), { state: 'TASK_FINISHED' });
  });

  t.test('a limit that was reached is told by the next agent, too', async (t) => {
    const workDir = newWorkDir();
    t.teardown(() => rmSync(workDir, { recursive: true }));
    const first = await runAgent(workDir);
    first.launch('task', { value: 'exec sleep 1000' }, { max_completion_time: { nanoseconds: 500e6 } } as object);
    await first.status('task', 'TASK_RUNNING');
    await first.agent.stop('self');
    const second = await runAgent(workDir);
    t.teardown(() => second.agent.stop('everything'));
    t.match(await second.end('task'), { state: 'TASK_FAILED', reason: 'REASON_MAX_COMPLETION_TIME_REACHED' });
  });
});
