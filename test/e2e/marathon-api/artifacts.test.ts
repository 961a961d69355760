// The artifact store: storeUrls are downloaded once, tasks fetch them from the store and run them; uploads by curl.
import { createServer } from 'node:http';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Test } from 'tap';
import t from 'tap';
import { runCommand } from '../../../src/common/run-command.js';
import { listenOnFreePort } from '../../support/listen.js';
import { waitFor } from '../../support/wait.js';
import { startBundle } from '../support/bundle.js';
import type { ApiTask, Bundle } from '../support/bundle.js';
import { sandboxText } from '../support/sandbox.js';
import { curl } from './support/curl.js';
import { recordEvents } from './support/event-stream.js';

t.setTimeout(300_000);

/** A server of files that counts what is asked for. */
interface FileServer {
  readonly url: string;
  /** Every request's path, in the order of their coming. */
  readonly requests: readonly string[];
  /** Lets the answers go that are held back from the beginning. */
  release(): void;
  /** Never answers the next request for this path. */
  ignoreNext(path: string): void;
}

async function serveFiles(t: Test, files: ReadonlyMap<string, Buffer>): Promise<FileServer> {
  const requests: string[] = [];
  const ignored = new Set<string>();
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push(path);
    if (ignored.delete(path)) return;
    void released.then(() => {
      const file = files.get(path);
      response.writeHead(file === undefined ? 404 : 200).end(file);
    });
  });
  const port = await listenOnFreePort(t, server);
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    release: () => release(),
    ignoreNext: (path) => void ignored.add(path),
  };
}

/** An archive `name` with an executable `tools/run.sh` that says `words` and goes on; returns its path. */
async function makeArchive(directory: string, name: string, words: string): Promise<string> {
  const content = join(directory, `content-of-${name}`);
  mkdirSync(join(content, 'tools'), { recursive: true });
  const script = join(content, 'tools', 'run.sh');
  writeFileSync(script, `#!/bin/sh\necho '${words}'\nexec sleep 1000\n`);
  chmodSync(script, 0o755);
  const path = join(directory, name);
  const made = await runCommand('tar', ['-czf', path, '-C', content, 'tools'], { timeoutMs: 30_000 });
  if (made.exitCode !== 0) throw new Error(`tar: ${made.stderr}`);
  return path;
}

const tools = (id: string, members: object) => ({ id, cmd: 'exec tools/run.sh', cpus: 0.01, mem: 16, ...members });

/** Waits until `count` tasks of an app have all said `words`. */
function saying(bundle: Bundle, appId: string, count: number, words: string): Promise<ApiTask[]> {
  return waitFor(
    `${count} × ${appId} to say '${words}'`,
    async () => {
      const tasks = await bundle.tasks(appId);
      if (tasks.length !== count) throw new Error(`there are ${tasks.length}`);
      for (const { id } of tasks) {
        const text = await sandboxText(bundle, id, 'stdout');
        if (!text.includes(words)) throw new Error(`${id} says: ${text}`);
      }
      return tasks;
    },
    { withinMs: 60_000, everyMs: 100 },
  );
}

t.test('§11 --artifact_store file:///directory', async (t) => {
  const directory = t.testdir();
  const stored = await makeArchive(directory, 'tools.tgz', 'these are the stored tools');
  const uploaded = await makeArchive(directory, 'uploaded.tgz', 'these were uploaded');
  const available = new Map([['/get/tools.tgz', readFileSync(stored)]]);
  const files = await serveFiles(t, available);
  const bundle = await startBundle(t, ['--artifact_store', pathToFileURL(join(directory, 'store')).href]);
  const api = `http://127.0.0.1:${bundle.ports.http}`;
  const storeUrls = [`${files.url}/get/tools.tgz`];

  await t.test('storeUrls come first in the plan, and are downloaded once for two apps', async (t) => {
    const both = [tools('/one', { instances: 2, storeUrls }), tools('/two', { instances: 1, storeUrls })];
    const posted = await bundle.api('PUT', '/v2/apps', both);
    t.equal(posted.status, 200, posted.text);
    const [plan] = (await bundle.api('GET', '/v2/deployments')).body as {
      currentStep: number;
      currentActions: { action: string; app: string }[];
      steps: { actions: { action: string }[] }[];
    }[];
    t.same(
      plan?.steps.map(({ actions }) => actions.map(({ action }) => action).join()),
      ['ResolveArtifacts,ResolveArtifacts', 'StartApplication,StartApplication', 'ScaleApplication,ScaleApplication'],
    );
    t.match(plan, {
      currentStep: 1,
      currentActions: [
        { action: 'ResolveArtifacts', app: '/one' },
        { action: 'ResolveArtifacts', app: '/two' },
      ],
    });
    t.same([await bundle.tasks('one'), await bundle.tasks('two')], [[], []], 'nothing is started before');

    files.release();
    await bundle.waitForDeployments();
    await saying(bundle, 'one', 2, 'these are the stored tools');
    await saying(bundle, 'two', 1, 'these are the stored tools');
    t.same(files.requests, ['/get/tools.tgz'], 'three tasks of two apps, one download');
  });

  await t.test('after kill -9 of the scheduler nothing is downloaded again', async (t) => {
    await bundle.kill('scheduler');
    await bundle.ready();
    t.equal((await bundle.api('PUT', '/v2/apps/one', { instances: 3 })).status, 200);
    await bundle.postApp(tools('/three', { instances: 1, storeUrls }));
    await bundle.waitForDeployments();
    await saying(bundle, 'one', 3, 'these are the stored tools');
    await saying(bundle, 'three', 1, 'these are the stored tools');
    t.equal(files.requests.length, 1);
  });

  await t.test('kill -9 in the middle of a download: the next scheduler brings it', async (t) => {
    available.set('/get/late.tgz', readFileSync(uploaded));
    files.ignoreNext('/get/late.tgz');
    const asked = (): number => files.requests.filter((path) => path === '/get/late.tgz').length;
    await bundle.postApp(tools('/late', { instances: 1, storeUrls: [`${files.url}/get/late.tgz`] }));
    await waitFor('the download to begin', () => asked() === 1);
    await bundle.kill('scheduler');
    await bundle.ready();
    await bundle.waitForDeployments();
    await saying(bundle, 'late', 1, 'these were uploaded');
    t.equal(asked(), 2);
  });

  await t.test('an upload by curl -F is fetched by tasks', async (t) => {
    const first = await curl('-F', `file=@${uploaded}`, `${api}/v2/artifacts`);
    const uri = first.headers['location'] ?? '';
    t.match({ status: first.status, uri }, { status: 201, uri: /\/uploaded\.tgz$/ });
    t.equal((await curl('-F', `file=@${uploaded}`, `${api}/v2/artifacts`)).status, 200, 'once more: it is replaced');
    const copy = join(directory, 'copy.tgz');
    t.equal((await curl('-o', copy, uri)).status, 200);
    t.ok(readFileSync(copy).equals(readFileSync(uploaded)), 'what is read is what was uploaded');

    await bundle.postApp(tools('/fetches', { instances: 2, fetch: [{ uri }] }));
    await bundle.waitForDeployments();
    await saying(bundle, 'fetches', 2, 'these were uploaded');
    t.equal((await curl('-X', 'DELETE', uri)).status, 200);
    t.equal((await curl(uri)).status, 404);
  });

  await t.test('a URL that cannot be had fails the deployment, which says why', async (t) => {
    const events = await recordEvents(t, bundle);
    const url = `${files.url}/get/missing.tgz`;
    await bundle.postApp(tools('/broken', { instances: 1, storeUrls: [url] }));
    const failed = await waitFor('deployment_failed', () =>
      events.find(({ eventType }) => eventType === 'deployment_failed'),
    );
    t.match(failed['reason'], /get\/missing\.tgz .*404 Not Found/);
    const step = events.find(({ eventType }) => eventType === 'deployment_step_failure');
    t.match(step, {
      plan: { id: failed['id'] },
      currentStep: { actions: [{ action: 'ResolveArtifacts', app: '/broken' }] },
    });
    await bundle.waitForDeployments();
    t.same(await bundle.tasks('broken'), [], 'nothing was started');

    const explained = await bundle.api('GET', '/ekiden/v1/explain/broken');
    t.match(explained.text, /missing\.tgz.*404 Not Found/);
    await waitFor('an offer to be refused for it', async () => {
      const { text, body } = await bundle.api('GET', '/v2/queue?embed=lastUnusedOffers');
      const { queue } = body as { queue: { app: { id: string }; lastUnusedOffers: { reason: string[] }[] }[] };
      const entry = queue.find(({ app }) => app.id === '/broken');
      if (entry?.lastUnusedOffers[0]?.reason.includes('UnfulfilledConstraint') !== true) throw new Error(text);
      return true;
    });

    available.set('/get/missing.tgz', readFileSync(uploaded));
    const again = await bundle.api('PUT', '/v2/apps/broken', { instances: 2 });
    t.equal(again.status, 200, again.text);
    await bundle.waitForDeployments();
    await saying(bundle, 'broken', 2, 'these were uploaded');
    t.equal(files.requests.filter((path) => path.endsWith('missing.tgz')).length, 2, 'asked for once a deployment');
  });

  t.equal(await bundle.stop(), 0);
  t.same(bundle.leftovers(), []);
});
