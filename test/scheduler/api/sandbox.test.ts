import t from 'tap';
import { listen } from '../../../src/http/server.js';
import { openAccess } from '../../../src/scheduler/api/access.js';
import { ApiError } from '../../../src/scheduler/api/api-error.js';
import { AgentAwayError, AgentRefusalError } from '../../../src/scheduler/ports/agent-files.js';
import type { AgentFile, AgentFiles, KnownTask } from '../../../src/scheduler/ports/agent-files.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import { waitFor } from '../../support/wait.js';

/** An agent whose files are those below `/frameworks/framework-1/executors/{task}/runs/latest`. */
class FakeAgent implements AgentFiles {
  readonly content = new Map<string, Buffer>();
  readonly tasks = new Map<string, KnownTask>();
  readonly asked: string[] = [];
  error: Error | undefined;

  put(taskId: string, name: string, text: string): void {
    this.content.set(`/frameworks/framework-1/executors/${taskId}/runs/latest/${name}`, Buffer.from(text));
  }

  #get(agentId: string, path: string): Buffer | undefined {
    this.asked.push(`${agentId} ${path}`);
    if (this.error !== undefined) throw this.error;
    return this.content.get(path);
  }

  async browse(agentId: string, path: string): Promise<readonly AgentFile[] | undefined> {
    this.#get(agentId, path);
    const found = [...this.content]
      .filter(([name]) => name.startsWith(`${path}/`))
      .map(([name, { length: size }]) => ({ path: name, size, mode: '-rw-r--r--', modifiedAtMs: 0, owner: 'root' }));
    return found.length === 0 ? undefined : found;
  }

  async sizeOf(agentId: string, path: string): Promise<number | undefined> {
    return this.#get(agentId, path)?.length;
  }

  async read(agentId: string, path: string, offset: number, length: number): Promise<Buffer | undefined> {
    return this.#get(agentId, path)?.subarray(offset, offset + length);
  }

  async fetch(agentId: string, path: string): ReturnType<AgentFiles['fetch']> {
    const bytes = this.#get(agentId, path);
    return bytes === undefined ? undefined : { size: bytes.length, body: [bytes] as never };
  }

  async sandboxOf(): Promise<undefined> {
    return undefined;
  }

  async findTask(_frameworkId: string, taskId: string): Promise<KnownTask | undefined> {
    return this.tasks.get(taskId);
  }
}

t.test('the files of a task: listed, read in pieces, fetched as a whole', async (t) => {
  const files = new FakeAgent();
  const scheduler = await startFakeScheduler(t, {}, { files });
  await ask(scheduler.api, 'POST', '/v2/apps', { id: '/shop/web', cmd: 'x' });
  const [instance] = await scheduler.run('/shop/web');
  const { taskId = '' } = instance ?? {};
  files.put(taskId, 'stdout', 'one\ntwo 😀\n');
  files.put(taskId, 'a b"ü.log', 'x');
  const at = (what: string): string => `/ekiden/v1/sandbox/${taskId}/${what}`;

  const listed = await ask(scheduler.api, 'GET', at('browse'));
  t.same(listed.json, {
    taskId,
    host: '10.0.0.1',
    path: '',
    files: ['stdout', 'a b"ü.log'].map((name) => ({
      name,
      path: name,
      isFolder: false,
      size: name === 'stdout' ? 13 : 1,
      mode: '-rw-r--r--',
      modifiedAt: '1970-01-01T00:00:00.000Z',
      owner: 'root',
    })),
  });
  const whole = { data: 'one\ntwo 😀\n', offset: 0, next: 13, size: 13 };
  t.same((await ask(scheduler.api, 'GET', at('read?path=stdout'))).json, whole);
  const cases = [
    ['offset=-1', { data: '', offset: 13, next: 13, size: 13 }],
    ['offset=99', { data: '', offset: 13, next: 13, size: 13 }],
    ['offset=4&length=6', { data: 'two ', offset: 4, next: 8, size: 13 }],
    ['offset=10', { data: '\n', offset: 12, next: 13, size: 13 }],
  ] as const;
  for (const [query, piece] of cases) {
    t.same((await ask(scheduler.api, 'GET', at(`read?path=stdout&${query}`))).json, piece, query);
  }
  const fetched = await ask(scheduler.api, 'GET', at(`download?path=${encodeURIComponent('a b"ü.log')}`));
  t.equal(fetched.text, 'x');
  t.match(fetched.headers, {
    'content-type': 'application/octet-stream',
    'x-content-type-options': 'nosniff',
    'content-disposition': 'attachment; filename="a b\\"_.log"; filename*=UTF-8\'\'a%20b%22%C3%BC.log',
    'content-length': '1',
  });
  t.equal((await ask(scheduler.api, 'HEAD', at('download?path=stdout'))).headers['content-length'], '13');
  t.equal((await ask(scheduler.api, 'POST', at('browse'))).status, 405);
});

t.test('what cannot be had is refused in words', async (t) => {
  const files = new FakeAgent();
  const scheduler = await startFakeScheduler(t, {}, { files });
  await ask(scheduler.api, 'POST', '/v2/apps', { id: '/web', cmd: 'x' });
  const [instance] = await scheduler.run('/web');
  const { taskId = '' } = instance ?? {};
  files.put(taskId, 'stdout', 'x');
  const refused = async (what: string, task = taskId): Promise<[number, string]> => {
    const { status, json } = await ask(scheduler.api, 'GET', `/ekiden/v1/sandbox/${task}/${what}`);
    return [status, json.message];
  };
  for (const path of ['/etc/passwd', '..', 'a/../../b', 'a%00b', '']) {
    t.equal((await refused(`read?path=${path}`))[0], 400, path);
    t.equal((await refused(`download?path=${path}`))[0], 400, path);
    t.equal((await refused(`follow?path=${path}`))[0], 400, path);
  }
  t.equal((await refused('browse?path=..'))[0], 400);
  t.match(await refused('read?path=stdout&offset=-2'), [400, /offset: "-2"/]);
  t.match(await refused('read?path=stdout&length=0'), [400, /length: "0"/]);
  t.same(files.asked, [], 'no agent was asked for any of it');
  t.match(await refused('read?path=nope'), [404, /There is no nope in the sandbox/]);
  t.match(await refused('browse', 'nothing'), [404, /'nothing' does not exist/]);
  t.match(await refused('browse', 'a.instance-1._app.1'), [404, /remembers where it ran/]);
  files.error = new AgentAwayError('The agent S1 is not registered with the master now');
  t.match(await refused('browse'), [502, /not registered/]);
  files.error = new AgentRefusalError('Cannot read a directory.');
  t.match(await refused('read?path=stdout'), [400, 'Cannot read a directory.']);
});

t.test('ended tasks: those that the state knows, and those that the master remembers', async (t) => {
  const files = new FakeAgent();
  const scheduler = await startFakeScheduler(t, {}, { files });
  await ask(scheduler.api, 'POST', '/v2/apps', { id: '/web', cmd: 'x' });
  const [instance] = await scheduler.run('/web');
  const { taskId = '' } = instance ?? {};
  await scheduler.status(taskId, 'TASK_FAILED', 'it broke');
  files.put(taskId, 'stderr', 'why');
  const read = async (task: string): Promise<number> =>
    (await ask(scheduler.api, 'GET', `/ekiden/v1/sandbox/${task}/read?path=stderr`)).status;
  t.equal(await read(taskId), 200);
  const old = 'gone.instance-867ed450-f6a8-4d33-9b0e-e11c5513990b._app.1';
  files.put(old, 'stderr', 'why');
  t.equal(await read(old), 404);
  files.tasks.set(old, { agentId: 'S7', executorId: undefined });
  t.equal(await read(old), 200);
  t.match(files.asked.at(-1), /^S7 /);
});

t.test('a file that grows is followed, and told of when it goes', async (t) => {
  const files = new FakeAgent();
  const scheduler = await startFakeScheduler(t, {}, { files });
  await ask(scheduler.api, 'POST', '/v2/apps', { id: '/web', cmd: 'x' });
  const [instance] = await scheduler.run('/web');
  const { taskId = '' } = instance ?? {};
  files.put(taskId, 'stdout', 'one\n');
  const port = await listen(scheduler.api, { host: '127.0.0.1', port: 0, flag: 'http_port' });
  const response = await fetch(`http://127.0.0.1:${port}/ekiden/v1/sandbox/${taskId}/follow?path=stdout&offset=-2`);
  t.equal(response.headers.get('content-type'), 'text/event-stream');
  let text = '';
  const done = (async () => {
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk as Uint8Array).toString();
  })();
  await waitFor('the first piece', () => text.includes('e\\n'));
  files.put(taskId, 'stdout', 'one\ntwo\n');
  await waitFor('the second piece', () => text.includes('two'));
  files.content.clear();
  await done;
  t.equal(
    text.replace(/^\n+/gm, ''),
    [
      'event: piece',
      'data: {"data":"e\\n","offset":2,"next":4,"size":4}',
      'event: piece',
      'data: {"data":"two\\n","offset":4,"next":8,"size":8}',
      'event: gone',
      'data: {"message":"The agent S1 has no sandbox of the task ' +
        `${taskId}: it was not made yet, or it was deleted after the task's end"}`,
      '',
    ].join('\n'),
  );
});

t.test('sandboxes are for those who may view the app, and say to nobody else what there is', async (t) => {
  const files = new FakeAgent();
  const access = {
    ...openAccess,
    isOpen: false,
    demand(_request: unknown, _action: string, resource: { readonly kind: string; readonly id?: string }) {
      if (resource.id === '/secret') throw new ApiError(403, 'no');
    },
  };
  const scheduler = await startFakeScheduler(t, {}, { files, access });
  await ask(scheduler.api, 'POST', '/v2/apps', { id: '/open', cmd: 'x' });
  const [instance] = await scheduler.run('/open');
  const { taskId = '' } = instance ?? {};
  files.put(taskId, 'stdout', 'x');
  const browse = async (task: string): Promise<number> =>
    (await ask(scheduler.api, 'GET', `/ekiden/v1/sandbox/${task}/browse`)).status;
  t.equal(await browse(taskId), 200);
  t.equal(await browse('secret.instance-867ed450-f6a8-4d33-9b0e-e11c5513990b._app.1'), 403);
});
