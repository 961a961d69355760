// Health checks and checks that the agent does for its tasks, as processes of this machine.
import { readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import type { TaskStatus } from '../../../src/mesos/types.js';
import { makePem } from '../../support/certificates.js';
import { listenOnFreePort } from '../../support/listen.js';
import { waitFor } from '../../support/wait.js';
import { newWorkDir, runAgent } from './support/run-agent.js';

const often = { delay_seconds: 0, interval_seconds: 0.1, timeout_seconds: 5, grace_period_seconds: 0 };

t.test('checks of tasks', async (t) => {
  const workDir = newWorkDir();
  const run = await runAgent(workDir);
  t.teardown(async () => {
    await run.agent.stop('everything');
    rmSync(workDir, { recursive: true });
  });
  const statuses = (id: string): TaskStatus[] =>
    run.updates.map(({ status }) => status).filter((status) => status.task_id.value === id);
  const health = (id: string, healthy: boolean): Promise<TaskStatus> =>
    waitFor(`${id} to be ${healthy ? 'healthy' : 'unhealthy'}`, () => statuses(id).find((s) => s.healthy === healthy), {
      everyMs: 5,
    });

  t.test('COMMAND: in the sandbox, with the environment of the task; killed at the limit', async (t) => {
    run.launch(
      'command',
      { value: 'touch ok; exec sleep 1000', environment: { variables: [{ name: 'FILE', value: 'ok' }] } },
      {
        health_check: {
          ...often,
          // The file may not be there yet.
          grace_period_seconds: 60,
          type: 'COMMAND',
          consecutive_failures: 3,
          command: { value: 'test -f "$MESOS_SANDBOX/$FILE" && test "$PWD" = "$MESOS_SANDBOX"' },
        },
      },
    );
    t.match(await health('command', true), {
      state: 'TASK_RUNNING',
      reason: 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED',
      source: 'SOURCE_EXECUTOR',
    });
    unlinkSync(join(run.sandboxes, 'command/runs/latest/ok'));
    t.match(await run.end('command'), {
      state: 'TASK_KILLED',
      healthy: false,
      message: 'Command terminated with signal Terminated',
    });
    const said = statuses('command').map(({ state, healthy }) => `${state} ${healthy}`);
    t.strictSame(said, [
      'TASK_STARTING undefined',
      'TASK_RUNNING undefined',
      'TASK_RUNNING true',
      'TASK_RUNNING false',
      'TASK_RUNNING false',
      'TASK_RUNNING false',
      'TASK_KILLING undefined',
      'TASK_KILLED false',
    ]);
  });

  t.test('COMMAND: what it leaves running, or does not end, ends with it', async (t) => {
    run.launch(
      'hangs',
      { value: 'exec sleep 1000' },
      {
        health_check: {
          ...often,
          timeout_seconds: 0.3,
          type: 'COMMAND',
          consecutive_failures: 2,
          command: { value: 'sleep 1000 & sleep 1000' },
        },
      },
    );
    t.match(await run.end('hangs'), { state: 'TASK_KILLED', healthy: false });
  });

  t.test('HTTP, HTTPS and TCP', async (t) => {
    let status = 200;
    const port = await listenOnFreePort(
      t,
      createServer((request, response) => {
        if (request.url === '/moved') response.writeHead(302, { location: '/state' }).end();
        else response.writeHead(status).end('x'.repeat(100_000));
      }),
    );
    const { certificatePath, keyPath } = await makePem(workDir, 'localhost');
    const [key, cert] = [readFileSync(keyPath), readFileSync(certificatePath)];
    const secure = await listenOnFreePort(
      t,
      createSecureServer({ key, cert }, (_request, response) => response.end()),
    );
    const tcp = await listenOnFreePort(t, createTcpServer());
    const sleeps = { value: 'exec sleep 1000' };
    const more = { ...often, consecutive_failures: 1000 };
    run.launch('http', sleeps, { health_check: { ...more, type: 'HTTP', http: { port, path: '/moved' } } });
    run.launch('https', sleeps, { health_check: { ...more, type: 'HTTP', http: { scheme: 'https', port: secure } } });
    run.launch('tcp', sleeps, { health_check: { ...more, type: 'TCP', tcp: { port: tcp } } });
    run.launch('tcp-fails', sleeps, { health_check: { ...more, type: 'TCP', tcp: { port: 1 } } });
    await Promise.all([health('http', true), health('https', true), health('tcp', true), health('tcp-fails', false)]);
    status = 500;
    await health('http', false);
    for (const id of ['http', 'https', 'tcp', 'tcp-fails']) run.kill(id, 0);
    for (const id of ['http', 'https', 'tcp', 'tcp-fails'])
      t.notOk('healthy' in (await run.end(id)), 'not when it is killed');
  });

  t.test('a check tells its result when it changes, and kills nobody', async (t) => {
    const gate = join(workDir, 'gate');
    run.launch(
      'check',
      { value: 'exec sleep 1000', environment: { variables: [{ name: 'GATE', value: gate }] } },
      { check: { ...often, type: 'COMMAND', command: { command: { value: '[ -e "$GATE" ] || exit 4' } } } },
    );
    const result = (code: number): Promise<TaskStatus> =>
      waitFor(
        `exit code ${code}`,
        () =>
          statuses('check').find(
            (s) => JSON.stringify(s.check_status) === JSON.stringify({ type: 'COMMAND', command: { exit_code: code } }),
          ),
        { everyMs: 5 },
      );
    t.match(await result(4), { state: 'TASK_RUNNING', reason: 'REASON_TASK_CHECK_STATUS_UPDATED' });
    writeFileSync(gate, '');
    await result(0);
    run.kill('check', 0);
    const end = await run.end('check');
    t.strictSame(end.check_status, { type: 'COMMAND', command: {} });
    t.strictSame(
      statuses('check').map(({ check_status }) => JSON.stringify(check_status)),
      ['{}', '{}', '{"exit_code":4}', '{"exit_code":0}', '{}', '{}'].map((r) => `{"type":"COMMAND","command":${r}}`),
    );
  });

  t.test('they go on after a restart of the agent', async (t) => {
    const workDir = newWorkDir();
    t.teardown(() => rmSync(workDir, { recursive: true }));
    const first = await runAgent(workDir);
    first.launch(
      'task',
      { value: 'touch ok; exec sleep 1000' },
      {
        health_check: {
          ...often,
          grace_period_seconds: 1000,
          type: 'COMMAND',
          consecutive_failures: 2,
          command: { value: 'test -f ok' },
        },
      },
    );
    await waitFor('health', () => first.updates.find(({ status }) => status.healthy));
    await first.agent.stop('self');
    unlinkSync(join(first.sandboxes, 'task/runs/latest/ok'));
    const second = await runAgent(workDir);
    t.teardown(() => second.agent.stop('everything'));
    t.match(await second.end('task'), { state: 'TASK_KILLED', healthy: false });
  });
});
