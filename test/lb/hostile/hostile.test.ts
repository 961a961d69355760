import t from 'tap';
import type { Test } from 'tap';
import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get as getTls } from 'node:https';
import { request } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../../src/common/logger.js';
import { identifyProcess } from '../../../src/common/process-identity.js';
import { signalProcess } from '../../../src/lb/apply/end-process.js';
import type { LbOptions } from '../../../src/lb/options.js';
import { startLb } from '../../../src/lb/start.js';
import { marathonApp, marathonTask, startFakeMarathon } from '../../support/fake-marathon.js';
import { haproxiesOf, lbOptions, lbStatus, startNamedServer, withoutHaproxy } from '../../support/haproxy.js';
import { freePort } from '../../support/ports.js';
import { sharedPath } from '../../support/shared.js';
import { waitFor } from '../../support/wait.js';

t.setTimeout(180_000);
const skip = withoutHaproxy();

/** One row of ../shared/golden/lb/hostile.json. */
interface HostileCase {
  readonly id: string;
  readonly field: string;
  readonly value: unknown;
  readonly needs?: Readonly<Record<string, string>>;
}

const inject = '\n  http-request return status 299 content-type text/plain string INJECTED';

/** Where ../shared is not there, and besides. */
const own: readonly HostileCase[] = [
  { id: 'own-vhost', field: 'label:HAPROXY_0_VHOST', value: `a.example.com }${inject}\n  #` },
  { id: 'own-path', field: 'label:HAPROXY_0_PATH', value: `/x${inject}` },
  { id: 'own-mode', field: 'label:HAPROXY_0_MODE', value: `http${inject}` },
  { id: 'own-health', field: 'health', value: `/health${inject}` },
  { id: 'own-host', field: 'host', value: `127.0.0.1${inject}` },
  { id: 'own-head', field: 'label:HAPROXY_0_BACKEND_HEAD', value: `\nbackend {backend}${inject}\n` },
  { id: 'own-hsts', field: 'label:HAPROXY_0_HTTP_BACKEND_PROXYPASS_PATH', value: `/p${inject}` },
  { id: 'own-network', field: 'label:HAPROXY_0_HTTP_BACKEND_NETWORK_ALLOWED_ACL', value: `10.0.0.0/8${inject}` },
  { id: 'own-tcp', field: 'env:BAMBOO_TCP_PORT', value: `11490${inject}` },
  { id: 'own-acl', field: 'acl', value: `path_beg /evil${inject}` },
];

function cases(): readonly HostileCase[] {
  const path = sharedPath('golden/lb/hostile.json');
  return path === undefined ? own : [...own, ...(JSON.parse(readFileSync(path, 'utf8')) as HostileCase[])];
}

/**
 * Nothing is wrong with them by themselves: a name or a path that HAProxy reads as a text, names that nobody else has, and the age that is
 * not needed.
 */
const harmless: ReadonlySet<string> = new Set([
  'empty-vhost',
  'many-args',
  'collide-acl',
  'bamboo-tcpport',
  // Template labels are not read but with --template_labels
  'tmpl-key',
  'tmpl-brace',
]);

const age = { lastScalingAt: '2020-07-01T09:00:00.000Z', lastConfigChangeAt: '2020-07-01T09:00:00.000Z' };

/** The apps of a row, with a service port of their own each; a rule's text has none. Ports of the edge are those that it has here. */
function appsOf(one: HostileCase, n: number, port: number, { haproxyHttpPort, haproxyStatsPort }: LbOptions): object[] {
  const { field, needs } = one;
  const edgePorts: Readonly<Record<string, number>> = { 'port-80': haproxyHttpPort, 'port-9090': haproxyStatsPort };
  const value = edgePorts[one.id]?.toString() ?? one.value;
  const id = `/evil-${n}`;
  const [kind, name = ''] = field.split(':');
  const labels: Record<string, string> = { HAPROXY_0_VHOST: `evil-${n}.example.com`, ...needs };
  const text = typeof value === 'string' ? value : '';
  const servicePort = 30_000 + 2 * n;
  const app = (appId: string, more: object): object =>
    marathonApp(appId, servicePort, [port], { labels, versionInfo: age, ...more });
  switch (kind) {
    case 'label':
      return [app(id, { labels: { ...labels, [name]: text } })];
    case 'env':
      return [app(id, { env: { [name]: text } })];
    case 'health':
      return [app(id, { healthChecks: [{ protocol: 'HTTP', path: text, portIndex: 0 }] })];
    case 'id':
      return [app(text, { tasks: [marathonTask(text, `evil_${n}.1`, port)] })];
    case 'host':
      return [app(id, { tasks: [marathonTask(id, `evil_${n}.1`, port, { host: text, ipAddresses: [] })] })];
    case 'pair':
      return [
        app('/com/pay', { labels: { HAPROXY_0_VHOST: 'shop.example' } }),
        marathonApp('/pay', servicePort + 1, [port], { labels: { HAPROXY_0_VHOST: 'shop.example.com' } }),
      ];
    default:
      return [];
  }
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

function read(send: (answered: (response: IncomingMessage) => void) => ClientRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = send((response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    });
    call.on('timeout', () => call.destroy(new Error('no answer')));
    call.on('error', reject);
    call.end();
  });
}

function ask(port: number, host: string, path = '/'): Promise<Answer> {
  const headers = { host, connection: 'close' };
  return read((done) => request({ host: '127.0.0.1', port, path, headers, agent: false, timeout: 5_000 }, done));
}

function askTls(port: number, host: string): Promise<Answer> {
  const tls = { servername: host, rejectUnauthorized: false, agent: false, timeout: 5_000 };
  return read((done) => getTls({ host: '127.0.0.1', port, path: '/', headers: { host }, ...tls }, done));
}

interface Attacked {
  readonly options: LbOptions;
  readonly victim: object;
  /** Until an app that was added is reached; what all that is hostile must not keep away. */
  readonly pickedUp: (apps: readonly object[]) => Promise<void>;
  /** What is wrong with the victim, with what strangers are answered, and with the configuration; undefined = nothing. */
  readonly harm: () => Promise<string | undefined>;
  readonly evilPort: number;
}

async function startAttacked(t: Test, more: Partial<LbOptions> = {}): Promise<Attacked> {
  const workDir = mkdtempSync(join(tmpdir(), 'ekiden-lb-hostile-'));
  t.teardown(() => rmSync(workDir, { recursive: true, force: true, maxRetries: 10 }));
  const marathon = await startFakeMarathon(t);
  const [good, evil, added] = [
    await startNamedServer('victim'),
    await startNamedServer('evil'),
    await startNamedServer('added'),
  ];
  for (const server of [good, evil, added]) t.teardown(() => server.close());
  const [victimPort, addedPort] = [await freePort(), await freePort()];
  const options = await lbOptions(workDir, marathon.url, {
    haproxyAppIdPort: await freePort(),
    reloadIntervalMs: 50,
    ...more,
  });
  t.teardown(() => {
    for (const pid of haproxiesOf(workDir)) {
      const identity = identifyProcess(pid);
      if (identity !== undefined) signalProcess(identity, 'SIGKILL');
    }
  });
  const victim = marathonApp('/victim', victimPort, [good.port], {
    labels: { HAPROXY_0_VHOST: 'victim.example.com' },
  });
  marathon.apps = [victim];
  const role = await startLb(options, { logger: silentLogger, fatal: (error) => t.fail(error.message) });
  t.teardown(() => role.stop('everything'));

  let addings = 0;
  const callback = `http://127.0.0.1:${options.lbPort}/api/marathon/event_callback`;
  const have = async (apps: readonly object[]): Promise<void> => {
    marathon.apps = apps;
    await (await fetch(callback, { method: 'POST', body: '{"eventType":"api_post_event"}' })).arrayBuffer();
  };

  async function harm(): Promise<string | undefined> {
    const http = options.haproxyHttpPort;
    const victims: [string, Promise<Answer>][] = [
      ['port 80', ask(http, 'victim.example.com')],
      ['port 443', askTls(options.haproxyHttpsPort, 'victim.example.com')],
      ['its own port', ask(victimPort, 'anything')],
    ];
    for (const [where, asked] of victims) {
      const { status, body } = await asked;
      if (status !== 200 || body !== 'victim') return `the victim's ${where} answers ${status} ${body}`;
    }
    for (const host of ['nobody.example.com', 'shop.example.com', 'a.example.com', 'evil.example.com']) {
      for (const path of ['/', '/x', '/evil']) {
        const { status, body } = await ask(http, host, path);
        if (status === 299 || /INJECTED|root:/i.test(body)) return `${host}${path} answers ${status} ${body}`;
        if (body === 'victim') return `${host}${path} goes to the victim`;
      }
    }
    const nobody = await ask(http, 'nobody.example.com');
    if (nobody.body === 'evil') return 'what is for nobody goes to an attacker';
    const { status } = await ask(options.haproxyStatsPort, 'localhost', '/');
    if (status === 299) return 'the port of the statistics answers 299';
    const config = join(workDir, 'lb', 'haproxy.cfg');
    try {
      execFileSync('haproxy', ['-c', '-f', config], { stdio: 'pipe', cwd: join(workDir, 'lb') });
    } catch (error) {
      return (error as Error).message;
    }
    const text = readFileSync(config, 'utf8');
    if (text.split('\n').filter((line) => /^\s*global\b/.test(line)).length !== 1) return 'sections of its own';
    if (/^\s*(?:http-request return status 299|bind \S*:1111[12]\b|maxconn 1$|maxconn 77$)/im.test(text)) {
      return 'directives of an attacker';
    }
    return undefined;
  }

  async function pickedUp(apps: readonly object[]): Promise<void> {
    addings += 1;
    const name = `added-${addings}.example.com`;
    const labels = { HAPROXY_0_VHOST: name };
    await have([...apps, marathonApp(`/added-${addings}`, addedPort, [added.port], { labels })]);
    await waitFor(`${name} is reached`, async () => (await ask(options.haproxyHttpPort, name)).body === 'added', {
      everyMs: 20,
    });
  }

  await waitFor('the victim', async () => (await ask(victimPort, 'anything')).body === 'victim', { everyMs: 20 });
  return { options, victim, pickedUp, harm, evilPort: evil.port };
}

t.test('hostile apps do nothing to their neighbours', { skip }, async (t) => {
  for (const templateLabels of [false, true]) {
    await t.test(templateLabels ? 'with template labels' : 'without template labels', async (t) => {
      const { options, victim, pickedUp, harm, evilPort } = await startAttacked(t, { templateLabels });
      const hostile = cases().filter(({ field }) => field !== 'acl');
      const rows = hostile.map((one, n) => ({ one, n, apps: appsOf(one, n, evilPort, options) }));
      const portion = 20;
      const portions = Array.from({ length: Math.ceil(rows.length / portion) }, (_, i) =>
        rows.slice(i * portion, (i + 1) * portion),
      );
      for (const some of [...portions, rows]) {
        await pickedUp([victim, ...some.flatMap(({ apps }) => apps)]);
        t.equal(
          await harm(),
          undefined,
          some.length === rows.length ? 'all' : some.map(({ one }) => one.id).join(', '),
        );
        const { reports } = await lbStatus(options);
        const told = new Set(reports.map(({ id }) => id));
        for (const { one, n } of some) {
          if (harmless.has(one.id) && !(templateLabels && one.id.startsWith('tmpl'))) continue;
          const id = one.field === 'id' ? String(one.value) : `/evil-${n}`;
          const isTold = told.has(id) || reports.some(({ reason }) => reason.includes(id));
          t.ok(isTold || one.field === 'id', `${one.id} is reported`);
          if (one.field === 'id') t.ok(reports.length > 0, `${one.id}: something is reported`);
        }
      }
    });
  }
});

/** What means something to HAProxy, to templates or to readers of labels, between any Unicode. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(' ', '\n', '\r\n', '#', '"', "'", '\\', '{', '}', '{{', '||', '-m reg .*', '-f /etc/passwd', '/'),
      fc.constantFrom('a.example.com', '*.b.org', ',', ':', '80', 'http', 'backend x', '%[src]', '\u2028', '\u0000'),
      fc.string({ unit: 'binary', maxLength: 6 }),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));

const labelNames = [
  ...[
    'VHOST',
    'PATH',
    'MODE',
    'BALANCE',
    'AUTH',
    'STICKY',
    'REDIRECT_TO_HTTPS',
    'SSL_CERT',
    'BIND_ADDR',
    'BIND_OPTIONS',
  ],
  ...['PORT', 'USE_HSTS', 'BACKEND_WEIGHT', 'HTTP_BACKEND_PROXYPASS_PATH', 'HTTP_BACKEND_REDIR', 'BACKEND_HEAD'],
  ...['BACKEND_HTTP_OPTIONS', 'FRONTEND_HEAD', 'HTTP_FRONTEND_ACL', 'HTTP_BACKEND_NETWORK_ALLOWED_ACL', 'GROUP'],
].map((name) => `HAPROXY_0_${name}`);

const strange = fc.record({
  id: fc.option(text.map((part) => `/strange${part}`)),
  labels: fc.dictionary(fc.oneof(fc.constantFrom(...labelNames), text), text, { maxKeys: 6 }),
  env: fc.dictionary(fc.oneof(fc.constantFrom('BAMBOO_TCP_PORT', 'HAPROXY_0_VHOST'), text), text, { maxKeys: 2 }),
  healthPath: text,
  host: fc.option(text),
  taskId: text,
  version: fc.option(text),
  portName: text,
});

t.test('apps with any Unicode in every field do nothing to their neighbours', { skip }, async (t) => {
  const { victim, pickedUp, harm, evilPort } = await startAttacked(t, { templateLabels: true });
  await fc.assert(
    fc.asyncProperty(fc.array(strange, { minLength: 16, maxLength: 32 }), async (fields) => {
      const apps = fields.map(({ id, labels, env, healthPath, host, taskId, version, portName }, n) => {
        const appId = id ?? `/strange-${n}`;
        const address = host === null ? {} : { host, ipAddresses: [{ ipAddress: host, protocol: 'IPv4' }] };
        return marathonApp(appId, 31_000 + n, [evilPort], {
          labels,
          env,
          versionInfo: age,
          ...(version === null ? {} : { version }),
          healthChecks: [{ protocol: 'HTTP', path: healthPath, portIndex: 0 }],
          portDefinitions: [{ port: 31_000 + n, protocol: 'tcp', name: portName, labels }],
          tasks: [marathonTask(appId, `${taskId}.${n}`, evilPort, address)],
        });
      });
      await pickedUp([victim, ...apps]);
      const found = await harm();
      if (found !== undefined) throw new Error(found);
    }),
    { numRuns: 5 },
  );
  t.pass('nothing was done');
});

t.test('hostile rules do nothing to apps', { skip }, async (t) => {
  const { options, victim, pickedUp, harm } = await startAttacked(t);
  const api = `http://127.0.0.1:${options.lbPort}/api/services`;
  const post = async (body: object): Promise<number> => {
    const answer = await fetch(api, { method: 'POST', body: JSON.stringify(body) });
    await answer.arrayBuffer();
    return answer.status;
  };
  for (const { id, value } of cases()) {
    if (typeof value !== 'string') continue;
    for (const body of [
      { id: '/evil', acl: value },
      { id: value, acl: 'hdr(host) -i other.example.com' },
    ]) {
      const status = await post(body);
      t.ok(status < 500, `${id} is answered ${status}`);
    }
  }
  await fc.assert(
    fc.asyncProperty(text, text, async (id, acl) => (await post({ id, acl: `path_beg /${acl}` })) < 500),
    { numRuns: 60 },
  );
  await pickedUp([victim]);
  t.equal(await harm(), undefined);
});
