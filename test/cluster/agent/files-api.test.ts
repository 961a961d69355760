import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createHttpServer } from '../../../src/http/server.js';
import type { Test } from 'tap';
import { waitFor } from '../../support/wait.js';
import { framework, newWorkDir, runAgent } from './support/run-agent.js';

async function serveAgent(t: Test) {
  const workDir = newWorkDir();
  const run = await runAgent(workDir, { flags: { attributes: 'rack:r1;level:10;ids:[1-5,9-9]' } });
  const server = createHttpServer();
  run.agent.routes(server);
  t.teardown(async () => {
    await run.agent.stop('everything');
    await server.close();
    rmSync(workDir, { recursive: true });
  });
  const get = async (url: string) => {
    const response = await server.inject({ method: 'GET', url });
    return { status: response.statusCode, type: response.headers['content-type'], body: response.body, response };
  };
  const json = async (url: string): Promise<unknown> => JSON.parse((await get(url)).body);
  return { workDir, run, get, json };
}

t.test('/files', async (t) => {
  const { workDir, run, get, json } = await serveAgent(t);
  run.launch('web', {
    value: 'echo serving; printf "ä€😀z"; echo oops >&2; mkdir sub; chmod 4750 sub; mkfifo fifo; exec sleep 1000',
  });
  const virtual = '/frameworks/f-0000/executors/web/runs/latest';
  const physical = join(run.sandboxes, 'web/runs/latest');
  const q = encodeURIComponent;
  await waitFor(
    'the task to write',
    async () => (await json(`/files/browse?path=${q(`${virtual}/sub`)}`).catch(() => 0)) !== 0,
  );
  await waitFor('the FIFO', async () => (await get(`/files/browse?path=${q(virtual)}`)).body.includes('fifo'));

  for (const path of [virtual, physical]) {
    const entries = (await json(`/files/browse.json?path=${q(path)}`)) as { path: string; mode: string }[];
    t.strictSame(
      entries.map((entry) => [entry.path.slice(path.length), entry.mode]),
      [
        ['/fifo', 'prw-r--r--'],
        ['/stderr', '-rw-r--r--'],
        ['/stdout', '-rw-r--r--'],
        ['/sub', 'drwsr-x---'],
      ],
    );
    t.match(entries[2], { size: 18, nlink: 1, uid: String, gid: String, mtime: Number });
    t.strictSame(await json(`/files/read?path=${q(`${path}/stdout`)}&offset=0&length=8`), {
      data: 'serving\n',
      offset: 0,
    });
  }
  const stdout = q(`${virtual}/stdout`);
  t.strictSame(await json(`/files/read.json?path=${stdout}&offset=-1`), { data: '', offset: 18 });
  t.strictSame(await json(`/files/read?path=${stdout}`), { data: '', offset: 18 });
  t.strictSame(
    await json(`/files/read?path=${stdout}&offset=8&length=4`),
    { data: 'ä', offset: 8 },
    'whole characters',
  );
  t.strictSame(await json(`/files/read?path=${stdout}&offset=8`), { data: 'ä€😀z', offset: 8 });
  t.strictSame(await json(`/files/read?path=${stdout}&offset=99`), { data: '', offset: 18 });
  writeFileSync(join(physical, 'binary'), Buffer.from([0xff, 0x61, 0x80]));
  const binary = await get(`/files/read?path=${q(`${virtual}/binary`)}&offset=0`);
  t.equal(binary.response.rawPayload.toString('latin1'), '{"data":"\u00ffa\u0080","offset":0}', 'bytes as they are');
  for (const wrong of ['offset=-2', 'offset=x', 'length=-5', 'offset=1e3']) {
    t.equal((await get(`/files/read?path=${stdout}&${wrong}`)).status, 400, wrong);
  }
  const download = await get(`/files/download?path=${stdout}`);
  t.equal(download.body, 'serving\nä€😀z');
  t.equal(download.response.headers['content-disposition'], 'attachment; filename=stdout');
  t.equal(download.type, 'application/octet-stream');

  t.match(await get('/files/browse'), { status: 400, body: /^Expecting 'path=value' in query\./ });
  t.equal((await get(`/files/browse?path=${stdout}`)).status, 404);
  t.equal((await get(`/files/read?path=${q(virtual)}`)).status, 400);
  t.equal((await get(`/files/download?path=${q(virtual)}`)).status, 400);
  t.equal((await get(`/files/read?path=${q(`${virtual}/fifo`)}`)).status, 404, 'a FIFO is not waited for');
  t.match(await json('/files/debug'), { [virtual]: new RegExp(`^${run.sandboxes}/web/runs/[0-9a-f-]+$`) });

  t.test('nothing outside of the sandbox', async (t) => {
    const sandbox = join(run.sandboxes, 'web/runs/latest');
    run.launch('other', { value: 'echo private; exec sleep 1000' });
    const other = '/frameworks/f-0000/executors/other/runs/latest';
    await waitFor('the other task to write', async () =>
      (await get(`/files/read?path=${q(`${other}/stdout`)}&offset=0`)).body.includes('private'),
    );
    symlinkSync(join(run.sandboxes, 'other/runs/latest/stdout'), join(sandbox, 'others'));
    symlinkSync('../../../other/runs/latest', join(sandbox, 'other'));
    symlinkSync('/etc', join(sandbox, 'etc'));
    symlinkSync('/etc/passwd', join(sandbox, 'passwd'));
    symlinkSync('stdout', join(sandbox, 'inside'));
    writeFileSync(join(workDir, 'secret'), 'secret');
    for (const path of [
      '/etc/passwd',
      '/etc',
      '/',
      'etc/passwd',
      `${virtual}/../../../../../../../../../secret`,
      `${virtual}/etc`,
      `${virtual}/etc/passwd`,
      `${virtual}/passwd`,
      '/frameworks/../executors/../runs/latest',
      join(workDir, 'cluster/agent/meta/agent.json'),
      join(workDir, 'cluster/agent/slaves'),
      join(workDir, 'cluster/agent/slaves/../meta/agent.json'),
      `${virtual}/stdout\0`,
      `${virtual}/others`,
      `${virtual}/other`,
      `${virtual}/other/stdout`,
      `${virtual}/../../../other/runs/latest/stdout`,
      join(physical, 'others'),
      join(run.sandboxes, 'web/runs'),
      run.sandboxes,
    ]) {
      for (const what of ['browse', 'read', 'download']) {
        t.equal((await get(`/files/${what}?path=${q(path)}`)).status, 404, `${what} ${JSON.stringify(path)}`);
      }
    }
    t.match(await json(`/files/read?path=${q(`${virtual}/inside`)}&offset=0`), { data: /^serving/ });
  });
});

t.test('/state and the others', async (t) => {
  const { run, get, json } = await serveAgent(t);
  run.launch('web', { value: 'exec sleep 1000' }, { labels: { labels: [{ key: 'a', value: 'b' }] } });
  run.launch('short', { value: 'exit 2' });
  await run.status('web', 'TASK_RUNNING');
  await run.end('short');
  const id = run.registration.info.id.value;
  for (const path of ['/state', '/state.json', '/slave(1)/state', '/slave(1)/state.json']) {
    t.match(await json(path), {
      id,
      pid: 'slave(1)@127.0.0.1:5051',
      hostname: 'agent.test',
      resources: { cpus: 8, mem: 1024, disk: 1024, ports: '[31000-31999]' },
      unreserved_resources_allocated: { cpus: 0.1 },
      attributes: { rack: 'r1', level: 10, ids: '[1-5, 9-9]' },
      frameworks: [
        {
          id: 'f-0000',
          executors: [
            {
              id: 'web',
              source: 'web',
              directory: new RegExp(`^${run.sandboxes}/web/runs/`),
              tasks: [
                {
                  id: 'web',
                  slave_id: id,
                  state: 'TASK_RUNNING',
                  labels: [{ key: 'a', value: 'b' }],
                  statuses: [{ state: 'TASK_STARTING' }, { state: 'TASK_RUNNING' }],
                },
              ],
            },
          ],
          completed_executors: [{ id: 'short', completed_tasks: [{ id: 'short', state: 'TASK_FAILED' }] }],
        },
      ],
    });
  }
  // The task's session is known a moment after the task runs.
  await waitFor('the container', async () => ((await json('/containers')) as object[]).length > 0);
  t.match(await json('/containers'), [{ executor_id: 'web', status: { executor_pid: Number } }]);
  t.match(await json('/monitor/statistics'), [{ executor_id: 'web', statistics: { mem_rss_bytes: Number } }]);
  t.match(await json('/metrics/snapshot'), {
    'slave/tasks_running': 1,
    'slave/tasks_failed': 1,
    'slave/cpus_total': 8,
    'slave/cpus_used': 0.1,
  });
  t.match(await json('/flags'), { flags: { attributes: 'rack:r1;level:10;ids:[1-5,9-9]', port: '5051' } });
  t.match(await json('/version'), { version: String });
  t.strictSame([(await get('/health')).status, (await get('/health')).body], [200, '']);
  t.match(await get('/redirect'), { status: 404, body: '404 Not Found.' });
});

t.test('a task group: one executor in /state, its tasks found below its sandbox', async (t) => {
  const { run, get, json } = await serveAgent(t);
  const scalar = (name: string, value: number) =>
    ({ name, type: 'SCALAR', scalar: { value }, allocation_info: { role: '*' } }) as const;
  const executor = {
    type: 'DEFAULT',
    executor_id: { value: 'pod' },
    framework_id: { value: 'f-0000' },
    resources: [scalar('cpus', 0.1), scalar('disk', 10)],
    labels: { labels: [{ key: 'mine', value: 'yes' }] },
  };
  run.agent.launchGroup(
    framework,
    executor,
    ['one', 'two', 'done'].map((id) => ({
      name: id,
      task_id: { value: id },
      agent_id: run.registration.info.id,
      resources: [scalar('cpus', 0.2), scalar('mem', 32)],
      executor,
      command: { value: id === 'done' ? 'true' : `echo ${id}; exec sleep 1000` },
    })),
  );
  await run.end('done');
  await Promise.all(['one', 'two'].map((id) => run.status(id, 'TASK_RUNNING')));
  const state = (await json('/state')) as { frameworks: [{ executors: [Record<string, unknown>] }] };
  const [shown] = state.frameworks[0].executors;
  t.equal(state.frameworks[0].executors.length, 1);
  t.match(shown, {
    id: 'pod',
    name: '',
    source: '',
    type: 'DEFAULT',
    role: '*',
    labels: executor.labels.labels,
    tasks: [
      { id: 'one', executor_id: 'pod', state: 'TASK_RUNNING' },
      { id: 'two', executor_id: 'pod' },
    ],
    queued_tasks: [],
    completed_tasks: [{ id: 'done', state: 'TASK_FINISHED' }],
  });
  t.match(shown.resources, { cpus: 0.5, mem: 64, disk: 10 });
  t.match(state, { unreserved_resources_allocated: { cpus: 0.5, mem: 64, disk: 10 } });
  const log = `${String(shown.directory)}/tasks/one/stdout`;
  await waitFor('the log', async () =>
    (await get(`/files/read?path=${encodeURIComponent(log)}&offset=0`)).body.includes('one'),
  );
  t.match(await json(`/files/browse?path=${encodeURIComponent(String(shown.directory))}`), [
    { path: /containers$/ },
    { path: /stderr$/ },
    { path: /stdout$/ },
    { path: /tasks$/ },
  ]);
});
