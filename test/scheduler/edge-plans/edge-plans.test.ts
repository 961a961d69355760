import t from 'tap';
import type { Test } from 'tap';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EdgeRole } from '../../../src/catalog/edges.js';
import type { CatalogChange } from '../../../src/catalog/types.js';
import { openAccess } from '../../../src/scheduler/api/access.js';
import { edgeUrl } from '../../../src/scheduler/edge-forward/edge-url.js';
import type { EdgePlan } from '../../../src/scheduler/edge-plans/ask-edges.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import type { FakeScheduler } from '../../support/fake-service.js';

interface FakeEdge {
  readonly apiUrl: string;
  /** What it was asked, in order. */
  readonly asked: { readonly url: string; readonly change: CatalogChange; readonly headers: object }[];
}

async function startEdge(
  t: Test,
  answer: (response: ServerResponse, request: IncomingMessage) => void,
): Promise<FakeEdge> {
  const asked: FakeEdge['asked'] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      asked.push({ url: request.url ?? '', change: JSON.parse(body) as CatalogChange, headers: request.headers });
      answer(response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return { apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const says =
  (status: number, body: string, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void =>
    void response.writeHead(status, headers).end(body);

function announce(t: Test, { service }: FakeScheduler, edge: string, role: EdgeRole, apiUrl?: string): void {
  t.teardown(service.edges.open({ edge, role, apiUrl }));
}

async function edgesIn(scheduler: FakeScheduler, body: object, query = ''): Promise<readonly EdgePlan[] | undefined> {
  const { json } = await ask(scheduler.api, 'POST', `/ekiden/v1/plan${query}`, body);
  return (json as unknown as { readonly edges?: readonly EdgePlan[] }).edges;
}

const web = {
  id: '/shop/web',
  cmd: 'sleep 1000',
  cpus: 0.1,
  mem: 32,
  instances: 2,
  labels: { HAPROXY_0_VHOST: 'a.b' },
};

t.test('each live edge is asked what the change would do, and its answer is passed on', async (t) => {
  const lb = await startEdge(t, says(200, '{"accepted":true}'));
  const dns = await startEdge(t, says(200, '{"text":"No name would change."}'));
  const scheduler = await startFakeScheduler(t);
  announce(t, scheduler, 'one:8000', 'lb', `${lb.apiUrl}/`);
  announce(t, scheduler, 'one:8053', 'dns', `${dns.apiUrl}/below/?x=y`);
  t.same(await edgesIn(scheduler, { app: web }), [
    { edge: 'one:8000', role: 'lb', plan: { accepted: true } },
    { edge: 'one:8053', role: 'dns', plan: { text: 'No name would change.' } },
  ]);
  t.equal(lb.asked[0]?.url, '/ekiden/v1/plan');
  t.equal(dns.asked[0]?.url, '/below/ekiden/v1/plan', 'nothing of what was announced but its path');
  t.match(lb.asked[0]?.change, {
    apps: [{ id: '/shop/web', instances: 2, labels: { HAPROXY_0_VHOST: 'a.b' } }],
    removedApps: [],
    instances: [],
    removedInstances: [],
  });
  t.notOk(Object.keys(lb.asked[0]?.headers ?? {}).includes('authorization'), 'without credentials');
  t.equal(await edgesIn(scheduler, { app: web }, '?edges=false'), undefined);
  t.equal(lb.asked.length, 1);
});

t.test('instances that would go are named, those that would come are not', async (t) => {
  const lb = await startEdge(t, says(200, '{}'));
  const scheduler = await startFakeScheduler(t);
  await ask(scheduler.api, 'POST', '/v2/apps', web);
  const instances = await scheduler.run('/shop/web');
  announce(t, scheduler, 'one:8000', 'lb', lb.apiUrl);

  await edgesIn(scheduler, { app: { id: '/shop/web', instances: 1 } });
  const [gone, ...more] = lb.asked[0]?.change.removedInstances ?? [];
  t.ok(instances.some(({ taskId }) => taskId === gone));
  t.equal(more.length, 0);
  await edgesIn(scheduler, { app: { id: '/shop/web', instances: 5 } });
  t.match(lb.asked[1]?.change, { apps: [{ instances: 5 }], instances: [], removedInstances: [] });
  await edgesIn(scheduler, { app: { id: '/shop/web', env: { A: 'b' } } });
  t.match(lb.asked[2]?.change, { apps: [{ env: { A: 'b' } }], instances: [], removedInstances: [] });
  await edgesIn(scheduler, { group: { id: '/shop', apps: [] } });
  t.same(lb.asked[3]?.change.removedApps, ['/shop/web']);
  t.same([...(lb.asked[3]?.change.removedInstances ?? [])].sort(), instances.map(({ taskId }) => taskId).sort());
});

t.test('an edge that cannot or will not answer is told of, and holds up nobody', async (t) => {
  const secret = await startEdge(t, says(401, 'no'));
  const elsewhere = await startEdge(t, says(200, '{"plan":"of somebody else"}'));
  const moved = await startEdge(t, says(307, '', { location: elsewhere.apiUrl }));
  const broken = await startEdge(t, says(400, '{"message":"this is no catalog change"}'));
  const talkative = await startEdge(t, says(200, JSON.stringify({ text: 'x'.repeat(3 << 20) })));
  const strange = await startEdge(t, says(200, '<html>'));
  const silent = await startEdge(t, () => undefined);
  const good = await startEdge(t, says(200, '{}'));
  const scheduler = await startFakeScheduler(t);
  announce(t, scheduler, 'a', 'lb', secret.apiUrl);
  announce(t, scheduler, 'b', 'lb', moved.apiUrl);
  announce(t, scheduler, 'c', 'lb', broken.apiUrl);
  announce(t, scheduler, 'd', 'lb', talkative.apiUrl);
  announce(t, scheduler, 'e', 'dns', strange.apiUrl);
  announce(t, scheduler, 'f', 'dns', silent.apiUrl);
  announce(t, scheduler, 'g', 'dns');
  announce(t, scheduler, 'h', 'dns', 'http://127.0.0.1:1');
  announce(t, scheduler, 'i', 'dns', good.apiUrl);
  t.match(await edgesIn(scheduler, { app: web }), [
    { edge: 'a', error: /401: it asks for a password \(--lb_credentials\)/ },
    { edge: 'b', error: /307: redirects are not followed/ },
    { edge: 'c', error: 'it answers 400: this is no catalog change' },
    { edge: 'd', error: /larger than/ },
    { edge: 'e', error: 'its answer is not a plan' },
    { edge: 'f', error: /it does not answer/ },
    { edge: 'g', error: 'it has not said where its API is' },
    { edge: 'h', error: /it does not answer/ },
    { edge: 'i', plan: {} },
  ]);
  t.equal(elsewhere.asked.length, 0);
});

t.test('whoever may not view events learns nothing of the edges', async (t) => {
  const lb = await startEdge(t, says(200, '{}'));
  const access = { ...openAccess, may: () => false };
  const scheduler = await startFakeScheduler(t, {}, { access });
  announce(t, scheduler, 'one:8000', 'lb', lb.apiUrl);
  t.equal(await edgesIn(scheduler, { app: web }), undefined);
  t.equal(lb.asked.length, 0);
});

t.test('without edges there is nothing to tell', async (t) => {
  t.same(await edgesIn(await startFakeScheduler(t), { app: web }), []);
});

t.test('of an announced address, the path is kept, and nothing that would lead elsewhere', (t) => {
  t.equal(edgeUrl('http://user:pass@edge:8000', 'ekiden/v1/plan'), 'http://edge:8000/ekiden/v1/plan');
  t.equal(edgeUrl('https://edge/lb//?a=b#c', 'ekiden/v1/plan'), 'https://edge/lb/ekiden/v1/plan');
  t.end();
});
