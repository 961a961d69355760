// What the web interface reads besides Marathon's API, with real processes: edges, sandboxes, agents and frameworks.
import { writeFile } from 'node:fs/promises';
import t from 'tap';
import type { Test } from 'tap';
import { waitFor } from '../support/wait.js';
import { startBundle } from './support/bundle.js';
import type { ApiAnswer, Bundle } from './support/bundle.js';
import { sandboxDirectory } from './support/sandbox.js';

t.setTimeout(300_000);

interface Edge {
  readonly edge: string;
  readonly role: 'dns' | 'lb';
  readonly reachable: boolean;
  readonly behind: number | null;
}

/** A stream of events of the scheduler, as text; it is left with the test. */
async function follow(t: Test, bundle: Bundle, path: string): Promise<{ text: () => string; leave: () => void }> {
  const left = new AbortController();
  t.teardown(() => left.abort());
  const response = await fetch(`http://127.0.0.1:${bundle.ports.http}${path}`, {
    headers: { accept: 'text/event-stream' },
    signal: left.signal,
  });
  t.equal(response.status, 200, path);
  t.equal(response.headers.get('content-type'), 'text/event-stream');
  let text = '';
  void (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk as Uint8Array, { stream: true });
  })().catch(() => undefined);
  return { text: () => text, leave: () => left.abort() };
}

/** Everything of one kind that the events in a stream's text hold. */
function dataIn<Data>(text: string, event: string): Data[] {
  return [...text.matchAll(/^event: (.+)\ndata: (.+)$/gm)]
    .filter(([, name]) => name === event)
    .map(([, , data = '']) => JSON.parse(data) as Data);
}

t.test('edges, sandboxes and the cluster, as a page sees them through the scheduler', async (t) => {
  const bundle = await startBundle(t);
  const get = async <Body>(path: string): Promise<Body> => {
    const { status, body, text } = await bundle.api('GET', path);
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
    return body as Body;
  };
  await bundle.postApp({
    id: '/shop/web',
    cmd: 'echo beginning; while [ ! -e go ]; do sleep 0.1; done; echo "ünd 😀 weiter"; sleep 1000',
    cpus: 0.1,
    mem: 32,
    portDefinitions: [{ port: 0 }],
  });
  await bundle.waitForDeployments();

  const edges = await waitFor('both edges', async () => {
    const found = (await get<{ edges: readonly Edge[] }>('/ekiden/v1/edges')).edges;
    return found.length === 2 && found.every(({ reachable, behind }) => reachable && behind === 0) && found;
  });
  const at = (role: Edge['role'], path: string): string => {
    const name = edges.find((edge) => edge.role === role)?.edge ?? '';
    return `/ekiden/v1/edges/${encodeURIComponent(name)}/${path}`;
  };

  await t.test('the name server is asked through the scheduler', async (t) => {
    t.match(await get(at('dns', 'ekiden/v1/status')), { synced: true });
    t.match(await get(at('dns', 'ekiden/v1/explain/web.shop.marathon.mesos?type=A')), {});
    t.match((await bundle.api('GET', at('dns', 'ekiden/v1/records?filter=web'))).text, 'web-shop.marathon.mesos');
    t.match((await bundle.api('GET', at('dns', 'metrics'))).text, /^# HELP/m);
    const change = { apps: [], removedApps: ['/shop/web'], instances: [], removedInstances: [] };
    t.equal((await bundle.api('POST', at('dns', 'ekiden/v1/plan'), change)).status, 200);
    t.equal((await bundle.api('GET', at('dns', 'v1/config'))).status, 404);
  });

  await t.test('a rule is planned, stored, seen in the events, and taken back', async (t) => {
    const events = await follow(t, bundle, at('lb', 'ekiden/v1/events'));
    const revisions = (): { readonly rules: number }[] => dataIn(events.text(), 'state');
    await waitFor('the state', () => revisions().length > 0);
    const before = revisions().at(-1)?.rules ?? 0;
    const rule = { id: '/shop/web', acl: 'hdr(host) -i shop.local' };
    t.equal((await bundle.api('POST', at('lb', 'api/plan'), rule)).status, 200);
    t.equal((await bundle.api('POST', at('lb', 'api/services'), rule)).status, 200);
    await waitFor('the rule in the events', () => (revisions().at(-1)?.rules ?? 0) > before);
    t.match(await get(at('lb', 'api/services')), { '/shop/web': { Acl: rule.acl } });
    await waitFor('the rule to be followed', async () => {
      const explained = await get<{ readonly backend?: object }>(at('lb', 'api/explain?host=shop.local'));
      return JSON.stringify(explained).includes('/shop/web');
    });
    const { changes } = await get<{ changes: readonly { readonly n: number; readonly by: string }[] }>(
      at('lb', 'ekiden/v1/rules/history'),
    );
    t.equal(changes[0]?.by, '127.0.0.1, through the scheduler');
    const revert = at('lb', `ekiden/v1/rules/history/${changes[0]?.n ?? 0}/revert`);
    t.equal((await bundle.api('POST', revert, {})).status, 200);
    t.same(await get(at('lb', 'api/services')), {});
    t.match((await bundle.api('GET', at('lb', 'ekiden/v1/config'))).text, 'frontend');
    for (const path of ['status', 'rejected', 'routes', 'rules', 'backends', 'reloads']) {
      t.equal((await bundle.api('GET', at('lb', `ekiden/v1/${path}`))).status, 200, path);
    }
    events.leave();
  });

  await t.test('the sandbox of a task: listed, read, followed while it grows, and kept after its end', async (t) => {
    const [task] = await bundle.tasks('/shop/web');
    const { id = '', host } = task ?? {};
    const sandbox = (what: string): string => `/ekiden/v1/sandbox/${id}/${what}`;
    const listed = await get<{ files: readonly { readonly name: string; readonly isFolder: boolean }[] }>(
      sandbox('browse'),
    );
    t.match(listed, { taskId: id, host, path: '' });
    for (const name of ['stdout', 'stderr'])
      t.match(
        listed.files.find((file) => file.name === name),
        { isFolder: false },
      );
    const followed = await follow(t, bundle, sandbox('follow?path=stdout'));
    const seen = (): string =>
      dataIn<{ data: string }>(followed.text(), 'piece')
        .map(({ data }) => data)
        .join('');
    await waitFor('the beginning', () => seen().includes('beginning\n'));
    const directory = await sandboxDirectory(bundle, id);
    await writeFile(`${directory}/go`, '');
    await waitFor('what it gets', () => seen().endsWith('ünd 😀 weiter\n'));
    const piece = await get<{ data: string; next: number; size: number }>(sandbox('read?path=stdout'));
    t.equal(piece.data, seen());
    t.equal(piece.next, piece.size);
    const download = await bundle.api('GET', sandbox('download?path=stdout'));
    t.equal(download.text, seen());
    for (const path of ['../../x', '/etc/passwd', 'a%00']) {
      t.equal((await bundle.api('GET', sandbox(`download?path=${path}`))).status, 400, path);
    }
    t.equal((await bundle.api('GET', sandbox('read?path=nope'))).status, 404);

    await bundle.api('DELETE', '/v2/apps/shop/web?force=true');
    await bundle.waitForDeployments();
    const ended = await waitFor('the end', async () => {
      const answer: ApiAnswer = await bundle.api('GET', sandbox('read?path=stdout'));
      return (await bundle.tasks('/shop/web').catch(() => [])).length === 0 && answer;
    });
    t.match(ended, { status: 200, body: { data: seen() } });
    // Another leader has it from the master
    await bundle.kill('scheduler');
    await bundle.ready();
    t.match(await bundle.api('GET', sandbox('read?path=stdout')), { status: 200, body: { data: seen() } });
    t.equal((await bundle.api('GET', '/ekiden/v1/sandbox/nobody.instance-1._app.1/browse')).status, 404);
  });

  await t.test('the sandbox of a container of a pod', async (t) => {
    const { status } = await bundle.api('POST', '/v2/pods', {
      id: '/pod',
      containers: ['a', 'b'].map((name) => ({
        name,
        resources: { cpus: 0.1, mem: 32 },
        exec: { command: { shell: `echo this is ${name}; sleep 1000` } },
      })),
    });
    t.equal(status, 201);
    await bundle.waitForDeployments();
    const pod = await get<{ instances: readonly { containers: readonly { name: string; containerId: string }[] }[] }>(
      '/v2/pods/pod::status',
    );
    for (const { name, containerId } of pod.instances[0]?.containers ?? []) {
      await waitFor(`the output of ${name}`, async () => {
        const { body } = await bundle.api('GET', `/ekiden/v1/sandbox/${containerId}/read?path=stdout`);
        return (body as { readonly data?: string }).data === `this is ${name}\n`;
      });
    }
    t.equal(pod.instances[0]?.containers.length, 2);
  });

  await t.test('agents and frameworks', async (t) => {
    const { agents } = await get<{ agents: readonly { readonly tasks: readonly object[] }[] }>('/ekiden/v1/agents');
    t.equal(agents.length, 1);
    t.match(agents, [
      {
        address: `127.0.0.1:${bundle.ports.agent}`,
        total: { cpus: 8, mem: 8192 },
        withheld: null,
        taskCount: 2,
        otherTasks: 0,
        tasks: [{ app: '/pod', state: 'TASK_RUNNING' }, { app: '/pod' }],
      },
    ]);
    t.match(await get('/ekiden/v1/frameworks'), {
      frameworks: [{ name: 'marathon', active: true, connected: true, tasks: 2, isOwn: true }],
    });
  });
});
