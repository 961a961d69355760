import { spawn } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import { identifyProcess, isRunning } from '../../src/common/process-identity.js';
import { waitFor } from '../support/wait.js';

t.test('finds itself, and only itself', async (t) => {
  const me = identifyProcess(process.pid);
  if (me === undefined) return t.fail('this process must be found');
  t.ok(isRunning(me));
  t.notOk(isRunning({ ...me, startTime: '1' }), 'another process with the same pid is another process');
  t.notOk(isRunning({ ...me, bootId: 'another boot' }));
  t.equal(identifyProcess(2 ** 22 + 1), undefined);
});

t.test('a zombie is gone', async (t) => {
  // The shell's child ends and is not collected, because the shell has become `sleep`.
  const parent = spawn('/bin/sh', ['-c', 'sh -c "echo \\$\\$; exit 0" & exec sleep 30'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.teardown(() => parent.kill('SIGKILL'));
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  await waitFor('the child to be a zombie', () => identifyProcess(pid) === undefined);
  t.pass();
});
