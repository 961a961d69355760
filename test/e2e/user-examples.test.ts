// The everyday use that the manuals show, done as they tell it.
import { createServer } from 'node:http';
import type { Test } from 'tap';
import t from 'tap';
import { listenOnFreePort } from '../support/listen.js';
import { waitFor } from '../support/wait.js';
import { startBundle } from './support/bundle.js';
import { converged } from './support/converge.js';
import { endpointsOf } from './support/dig.js';
import { readExample } from './support/examples.js';
import { isFreePort } from '../support/ports.js';
import { running } from './support/running.js';
import { sandboxText } from './support/sandbox.js';
import { storedZip } from './support/zip.js';
import { killProcess } from '../support/kill.js';

t.setTimeout(300_000);

/** Serves a script and a zip archive with one in it; each says who it is and goes on. */
function serveFiles(t: Test): Promise<number> {
  const script = (who: string): string => `#!/bin/sh\necho "this is ${who}"\nexec sleep 1000\n`;
  const files = new Map<string, string | Buffer>([
    ['/images/shell.sh', script('the script')],
    ['/shell.zip', storedZip([{ name: 'shell/shell.sh', mode: 0o755, text: script('the archive') }])],
  ]);
  const server = createServer((request, response) => {
    const file = files.get(request.url ?? '');
    response.statusCode = file === undefined ? 404 : 200;
    response.end(file);
  });
  return listenOnFreePort(t, server);
}

t.test('the examples of the manuals', async (t) => {
  const bundle = await startBundle(t, ['--attributes=slave_id:slave_public']);

  await t.test('§1 the first app: through a shell, ten of them, one killed, one killed and scaled away', async (t) => {
    await bundle.postApp(readExample('shell'));
    const [first] = await running(bundle, 'shell', 1);
    await waitFor('its output', async () =>
      (await sandboxText(bundle, first?.id ?? '', 'stdout')).includes('Hello Marathon'),
    );
    t.equal(typeof (await sandboxText(bundle, first?.id ?? '', 'stderr')), 'string');

    const scaled = await bundle.api('PUT', '/v2/apps/shell', { instances: 10 });
    t.equal(scaled.status, 200, scaled.text);
    const ten = await running(bundle, 'shell', 10);
    await bundle.waitForDeployments();

    const killed = ten[3]?.id ?? '';
    t.equal((await bundle.api('DELETE', `/v2/apps/shell/tasks/${killed}`)).status, 200);
    await waitFor('it to go', async () => (await bundle.tasks('shell')).every(({ id }) => id !== killed));
    const again = await running(bundle, 'shell', 10);

    const away = again[0]?.id ?? '';
    t.equal((await bundle.api('DELETE', `/v2/apps/shell/tasks/${away}?scale=true`)).status, 200);
    await waitFor('it to go', async () => (await bundle.tasks('shell')).every(({ id }) => id !== away));
    await bundle.waitForDeployments();
    t.equal((await running(bundle, 'shell', 9)).length, 9);
    const { body } = await bundle.api('GET', '/v2/apps/shell');
    t.match(body, { app: { instances: 9 } });
    t.equal((await bundle.api('DELETE', '/v2/apps/shell')).status, 200);
    await bundle.waitForDeployments();
  });

  await t.test('§1 cmd and args together are refused, and the answer says so', async (t) => {
    const { status, text } = await bundle.api('POST', '/v2/apps', readExample('cmd-and-args'));
    t.equal(status, 422);
    t.match(text, /cmd/);
    t.match(text, /args/);
    t.equal((await bundle.api('GET', '/v2/apps/web-app')).status, 404, 'nothing of it is kept');
  });

  await t.test('§2 a script and an archive are fetched before the command runs', async (t) => {
    const port = await serveFiles(t);
    for (const [name, output] of [
      ['shell-uri', 'this is the script'],
      ['shell-zip', 'this is the archive'],
    ] as const) {
      await bundle.postApp(readExample(name, port));
      const [task] = await running(bundle, name, 1);
      await waitFor('its output', async () => (await sandboxText(bundle, task?.id ?? '', 'stdout')).includes(output));
      t.pass(`${name}: ${output}`);
      await bundle.api('DELETE', `/v2/apps/${name}`);
    }
    await bundle.waitForDeployments();
  });

  await t.test('§5 CLUSTER on an attribute of the agent', async (t) => {
    await bundle.postApp(readExample('cluster-attribute'));
    t.equal((await running(bundle, 'shell-cluster', 3)).length, 3);
    await bundle.api('DELETE', '/v2/apps/shell-cluster');
    await bundle.waitForDeployments();
  });

  await t.test('§9 Jenkins by name: A, and SRV with additional addresses', async (t) => {
    await bundle.postApp(readExample('jenkins'));
    const tasks = await running(bundle, 'jenkins', 2);
    const endpoints = tasks.map(({ host, ports: [port] }) => `${host}:${port}`).sort();
    await waitFor('DNS', async () => {
      const srv = await bundle.dig('_jenkins._tcp.marathon.mesos', 'SRV');
      return endpointsOf(srv).join() === endpoints.join();
    });
    const { answer } = await bundle.dig('jenkins.marathon.mesos', 'A');
    t.same([...new Set(answer.map(({ data }) => data[0]))], [tasks[0]?.host]);
    t.equal(answer[0]?.ttl, 60);
    await bundle.api('DELETE', '/v2/apps/jenkins');
    await bundle.waitForDeployments();
    t.equal((await bundle.dig('jenkins.marathon.mesos', 'A')).status, 'NXDOMAIN');
  });

  await t.test('§10 two services on their fixed service ports', async (t) => {
    if (!(await isFreePort(1111)) || !(await isFreePort(2222))) {
      return void t.pass('needs ports 1111 and 2222', { skip: 'they are in use, or not for this user' });
    }
    for (const [name, servicePort] of [
      ['svc1', 1111],
      ['svc2', 2222],
    ] as const) {
      await bundle.postApp(readExample(name));
      const tasks = await converged(bundle, { id: name, instances: 2, servicePort });
      t.equal(tasks.length, 2, `${name} on ${servicePort}`);
    }
    const [victim] = await converged(bundle, { id: 'svc1', instances: 2, servicePort: 1111 });
    killProcess(victim?.pid);
    const after = await waitFor('a new one', async () => {
      const tasks = await converged(bundle, { id: 'svc1', instances: 2, servicePort: 1111 });
      return tasks.every(({ taskId }) => taskId !== victim?.taskId) && tasks;
    });
    t.equal(after.length, 2, 'the one that died is replaced');
  });

  t.equal(await bundle.stop(), 0);
  t.same(bundle.leftovers(), []);
});
