// Not one request fails while what is behind the load balancer changes all the time. More changes by hand:
//   EKIDEN_TEST_CHANGES=200 node build/test/e2e/lb/no-failed-request.test.js
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { makePem } from '../../support/certificates.js';
import { waitFor } from '../../support/wait.js';
import { startBundle } from '../support/bundle.js';
import type { Bundle } from '../support/bundle.js';
import { openTunnel } from './support/open-tunnel.js';
import { startLoad } from './support/steady-load.js';
import { webApp } from './support/web-app.js';

t.setTimeout(1_800_000);

const changes = Number(process.env['EKIDEN_TEST_CHANGES'] ?? 16);

/** A new certificate in the place of the one that is there, as those who renew certificates do it. */
async function renew(directory: string, n: number): Promise<void> {
  const { certificatePath, keyPath } = await makePem(directory, `www-${n}.local`);
  const next = join(directory, 'next');
  writeFileSync(next, readFileSync(certificatePath, 'utf8') + readFileSync(keyPath, 'utf8'));
  renameSync(next, join(directory, 'www.pem'));
}

interface Status {
  readonly haproxy: { readonly state: string };
  readonly reports: readonly object[];
}

async function lbStatus(bundle: Bundle): Promise<Status> {
  return JSON.parse((await bundle.rules('GET', '/ekiden/v1/status')).text) as Status;
}

async function setUp(
  t: Test,
): Promise<{ readonly bundle: Bundle; readonly certificates: string; readonly apps: string }> {
  const certificates = t.testdir();
  await renew(certificates, 0);
  const bundle = await startBundle(t, [`--ssl_certs=${join(certificates, 'www.pem')}`]);
  const apps = join(bundle.workDir, '..');
  await bundle.postApp(webApp(apps, '/web', 'web.local', { instances: 2 }));
  const labels = { HAPROXY_0_VHOST: 'talk.local', EKIDEN_DRAIN_TIMEOUT: '8' };
  await bundle.postApp(webApp(apps, '/talk', 'talk.local', { instances: 1, labels }));
  await bundle.waitForDeployments();
  for (const host of ['web.local', 'talk.local']) {
    await waitFor(`${host} to be routed`, async () => (await bundle.route('/', { host })).status === 200);
  }
  return { bundle, certificates, apps };
}

t.test('not one request fails', async (t) => {
  const { bundle, certificates, apps } = await setUp(t);
  const load = startLoad(t, { port: bundle.ports.haproxyHttp, host: 'web.local', keeping: 4, closing: 4, pauseMs: 10 });
  const tunnel = await openTunnel(t, bundle.ports.haproxyHttp, 'talk.local');
  const rule = { id: '/web', acl: 'hdr(host) -i other.local' };
  const put = async (body: object): Promise<void> => {
    const { status, text } = await bundle.api('PUT', '/v2/apps/web', body);
    if (status >= 300) throw new Error(`PUT /v2/apps/web: ${status} ${text}`);
  };
  const kinds: readonly (readonly [what: string, change: (n: number) => Promise<unknown>])[] = [
    ['scaled up', () => put({ instances: 4 })],
    ['a rule', () => bundle.rules('POST', '/api/services', rule)],
    ['scaled down', () => put({ instances: 2 })],
    ['another certificate', (n) => renew(certificates, n + 1)],
    ['restarted', () => bundle.api('POST', '/v2/apps/web/restart')],
    ['the rule taken back', () => bundle.rules('DELETE', '/api/services//web')],
    ['another host', (n) => put({ labels: { HAPROXY_0_VHOST: `web.local,web-${n}.local` } })],
    [
      'kill and scale',
      async () => {
        const [task] = await bundle.tasks('web');
        return bundle.api('POST', '/v2/tasks/delete?scale=true', { ids: [task?.id ?? ''] });
      },
    ],
    ['another version', (n) => put(webApp(apps, '/web', 'web.local', { instances: 2, env: { N: String(n) } }))],
  ];
  let made = 0;
  for (; made < changes && load.failures.length === 0; made++) {
    const [what, change] = kinds[made % kinds.length] as (typeof kinds)[number];
    const before = load.answered;
    await change(made);
    await bundle.waitForDeployments();
    await waitFor('requests to go on', () => load.answered > before + 20 || load.failures.length > 0);
    if (load.failures.length > 0) t.comment(`at "${what}", change ${made}`);
    await tunnel.echo(`still here ${made}`);
  }
  await load.stop();
  t.same(load.failures, [], `of ${load.answered} requests during ${made} changes`);
  t.ok(load.answered > 100 && made === changes, `${load.answered} requests, ${made} changes`);
  t.ok(tunnel.isOpen, 'a long-lived connection to another app has outlived all of them');
  const status = await lbStatus(bundle);
  t.equal(status.haproxy.state, 'running');
  t.same(status.reports, []);
  t.equal(await bundle.stop(), 0);
  t.same(bundle.leftovers(), []);
});

t.test('suspended, it is drained as well: what is under way is answered', async (t) => {
  const { bundle } = await setUp(t);
  const tunnel = await openTunnel(t, bundle.ports.haproxyHttp, 'talk.local');
  const startedAt = Date.now();
  const { status } = await bundle.api('PUT', '/v2/apps/talk', { instances: 0 });
  t.equal(status, 200);
  await waitFor(
    'new requests to be refused',
    async () => (await bundle.route('/', { host: 'talk.local' })).status === 503,
  );
  await tunnel.echo('and still it talks');
  t.ok(tunnel.isOpen);
  await waitFor('the drain timeout to end it', () => !tunnel.isOpen, { withinMs: 60_000 });
  t.comment(`after ${Date.now() - startedAt} ms`);
  await bundle.waitForDeployments();
});
