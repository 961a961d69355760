import t from 'tap';
import { startFakeMaster } from '../../support/fake-operator-master.js';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';
import { dig, haveDig } from '../support/dig.js';
import { startTestDns } from '../support/server.js';

const skip = !(await haveDig()) && 'dig is not installed (package bind9-dnsutils)';

t.test('explain, plan and records over HTTP', async (t) => {
  const master = await startFakeMaster();
  t.teardown(() => master.stop());
  master.addAgent('x-S1', '10.0.0.1');
  master.addFramework('F1', 'marathon');
  master.addTask({ id: 'test', name: 'web', agentId: 'x-S1', ip: '172.16.0.5', ports: [31001] });
  const dns = await startTestDns(t, { master: master.authority });
  await dns.synced();
  const get = (path: string, init?: RequestInit): Promise<Response> => fetch(`${dns.http}/ekiden/v1${path}`, init);
  const json = async (path: string, init?: RequestInit): Promise<Record<string, unknown>> =>
    (await (await get(path, init)).json()) as Record<string, unknown>;

  t.match(await json('/explain/WEB.marathon.mesos.?type=a'), {
    name: 'web.marathon.mesos',
    type: 'A',
    answer: ['web.marathon.mesos. 60 IN A 172.16.0.5'],
    records: [{ data: '172.16.0.5', owners: [{ id: 'test', framework: 'marathon', agent: 'x-S1' }] }],
  });
  t.match(await json('/explain/wbe.marathon.mesos'), { status: 'NXDOMAIN', similar: ['web.marathon.mesos'] });
  t.match(await json('/explain/example.com'), { isServed: false, status: 'REFUSED' });

  const post = (body: unknown): RequestInit => ({ method: 'POST', body: JSON.stringify(body) });
  const instance = { taskId: 'cart.1', appId: '/cart', agentId: 'x-S1', host: '10.0.0.1', ipAddresses: ['172.16.0.6'] };
  t.match(await json('/plan', post({ instances: [instance], removedInstances: ['test'] })), {
    names: { removed: /./ },
    added: [{ name: 'cart.marathon.mesos', type: 'A', data: '172.16.0.6' }],
  });

  const first = await json('/records?limit=2&filter=MESOS');
  t.match(first, { totalNames: Number, names: { length: 2 }, next: String });
  const seen: string[] = [];
  for (let next: unknown = ''; typeof next === 'string';) {
    const page = await json(`/records?limit=3&after=${next}`);
    seen.push(...(page.names as { name: string }[]).map(({ name }) => name));
    next = page.next;
  }
  t.equal(seen.length, first.totalNames);
  t.strictSame(seen, [...new Set(seen)].sort(), 'every name once, in order');
  t.match(await json('/records?filter=web.marathon'), {
    names: [{ name: 'web.marathon.mesos', count: 1, records: [{ type: 'A', data: '172.16.0.5' }] }],
    next: null,
  });

  t.match(await json('/status'), {
    synced: true,
    names: first.totalNames,
    records: first.totalRecords,
    workers: [],
    catalog: null,
    reasons: 0,
  });

  const large = { method: 'POST', body: ' '.repeat(5 << 20) };
  for (const [path, init, status, message] of [
    ['/explain/a..b', {}, 400, 'the name has an empty label'],
    ['/explain/web.marathon.mesos?type=TXT', {}, 400, 'type: must be one of ANY, A, AAAA, SRV, PTR, SOA, NS'],
    ['/explain/web.marathon.mesos', { method: 'DELETE' }, 405, 'DELETE is not possible here: only GET, HEAD'],
    ['/plan', {}, 405, 'GET is not possible here: only POST'],
    ['/plan', { method: 'POST', body: '{' }, 400, 'the body is not JSON'],
    ['/plan', { method: 'POST' }, 400, 'a catalog change is needed: {"apps": […], "removedApps": […], …}'],
    ['/plan', large, 413, `the body is longer than ${4 << 20} bytes`],
    ['/records?limit=0', {}, 400, 'limit: must be from 1 to 1000'],
    ['/records?limit=x', {}, 400, 'limit: must be from 1 to 1000'],
  ] as const) {
    const response = await get(path, init);
    t.equal(response.status, status, `${path} ${status}`);
    t.equal(((await response.json()) as { message: string }).message, message);
  }
  t.match(await json('/plan', post({ apps: 1 })), {
    message: 'this is no catalog change',
    details: [{ path: '/apps', errors: ['must be an array'] }],
  });
  t.equal((await get('/explain/web.marathon.mesos', { method: 'HEAD' })).status, 200);
  t.equal((await get('/explain')).status, 404);
});

t.test('who may not list the zone may ask for names', async (t) => {
  const dns = await startTestDns(t, { master: `127.0.0.1:${await freePort()}`, enumerationOn: false });
  t.equal((await fetch(`${dns.http}/ekiden/v1/records`)).status, 404);
  t.match(await (await fetch(`${dns.http}/ekiden/v1/explain/web.mesos`)).json(), { status: 'SERVFAIL' });
});

t.test('dig shows why', { skip }, async (t) => {
  const authority = `127.0.0.1:${await freePort()}`;
  const dns = await startTestDns(t, { master: authority });
  const why = async (...args: string[]): Promise<string> =>
    /EDE: .*/.exec((await dig(dns.port, ...args)).text)?.[0] ?? '';
  await waitFor('the failure', async () => (await why('web.marathon.mesos')).includes('ECONNREFUSED'));
  t.match(
    await why('web.marathon.mesos'),
    /^EDE: 14 \(Not Ready\): \(no Mesos master has been reached yet: 127\.0\.0\.1:\d+: /,
  );
  t.match(await (await fetch(`${dns.http}/health`)).json(), { reason: /ECONNREFUSED/ });

  const master = await startFakeMaster(Number(authority.split(':')[1]));
  t.teardown(() => master.stop());
  master.addAgent('x-S1', '10.0.0.1');
  master.addFramework('F1', 'marathon');
  master.addTask({ id: 'web.1', name: 'web', agentId: 'x-S1', state: 'TASK_STAGING', ports: [31001] });
  master.addTask({ id: 'ok.1', name: 'ok', agentId: 'x-S1', ip: '172.16.0.5' });
  await dns.synced();
  const staging = 'EDE: 0 (Other): (web of marathon: 1 task, 0 in DNS: 1 staging)';
  for (const args of [
    ['web.marathon.mesos'],
    ['_web._tcp.marathon.mesos', 'SRV'],
    ['+tcp', 'WEB.marathon.mesos', 'AAAA'],
  ]) {
    t.equal(await why(...args), staging, args.join(' '));
  }
  t.equal((await dig(dns.port, 'web.marathon.mesos')).status, 'NXDOMAIN');
  t.equal(await why('+noedns', 'web.marathon.mesos'), '');
  t.equal(await why('ok.marathon.mesos'), '');
  t.equal(await why('nobody.marathon.mesos'), '');
  t.match(await dns.status(), { reasons: 8 });
  master.updateTask('web.1', 'TASK_RUNNING');
  await waitFor('the records', async () => (await dig(dns.port, 'web.marathon.mesos')).status === 'NOERROR');
  t.equal(await why('web.marathon.mesos'), '');
  t.match(await dns.status(), { reasons: 0 });
});
