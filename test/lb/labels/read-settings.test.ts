import t from 'tap';
import type { CatalogApp, CatalogPort } from '../../../src/catalog/types.js';
import { readAppSettings } from '../../../src/lb/labels/read-settings.js';
import { complaints, read, readOne, sampleApp, sampleRules } from './sample-app.js';

const hash = '$5$saltsalt$0IyaXrmV7.sGNS6tirgqHLqX/G.FBvgkYA.lpPdS5sA';
const ports = (...numbers: number[]): CatalogPort[] =>
  numbers.map((servicePort) => ({ servicePort, protocol: 'tcp', labels: {} }));
const http: CatalogApp['healthChecks'][number] = {
  protocol: 'HTTP',
  path: '/',
  portIndex: 0,
  intervalSeconds: 5,
  timeoutSeconds: 5,
  maxConsecutiveFailures: 3,
};

t.test('without labels a port is a TCP listener on its service port', (t) => {
  const { app, port, ...settings } = readOne({});
  t.equal(app.id, '/shop/web');
  t.equal(port, app.ports[0]);
  t.same(settings, {
    portIndex: 0,
    servicePort: 10_000,
    bindAddress: null,
    bindOptions: [],
    certificate: null,
    mode: 'tcp',
    hosts: [],
    paths: [],
    priority: null,
    balance: 'roundrobin',
    sticky: false,
    redirectToHttps: false,
    hsts: false,
    auth: null,
    allowedNetworks: [],
    stripPrefix: null,
    locationPrefix: null,
    rootRedirect: null,
    checkPortIndex: null,
    directives: [],
    aliases: [],
  });
  t.same(read({}).problems, []);
  t.end();
});

t.test('every label', (t) => {
  const settings = readOne(
    {
      HAPROXY_GROUP: 'external',
      HAPROXY_APP_ID: 'web',
      HAPROXY_0_ENABLED: 'true',
      HAPROXY_0_VHOST: 'Shop.example.org, *.shop.example.org',
      HAPROXY_0_PATH: '-i /a /b/',
      HAPROXY_0_BACKEND_WEIGHT: '-3',
      HAPROXY_0_PORT: '8081',
      HAPROXY_0_BIND_ADDR: '10.0.0.2',
      HAPROXY_0_BIND_OPTIONS: 'ssl-min-ver TLSv1.2',
      HAPROXY_0_SSL_CERT: 'shop',
      HAPROXY_0_MODE: 'HTTP',
      HAPROXY_0_BALANCE: 'leastconn',
      HAPROXY_0_STICKY: 'yes',
      HAPROXY_0_REDIRECT_TO_HTTPS: 't',
      HAPROXY_0_USE_HSTS: '1',
      HAPROXY_0_AUTH: `Shop:alice:${hash}`,
      HAPROXY_0_BACKEND_NETWORK_ALLOWED_ACL: '10.0.0.0/8 192.168.1.1',
      HAPROXY_0_HTTP_BACKEND_PROXYPASS_PATH: '/a',
      HAPROXY_0_HTTP_BACKEND_REVPROXY_PATH: '/outer/',
      HAPROXY_0_HTTP_BACKEND_REDIR: '/start',
      HAPROXY_0_BACKEND_HEALTHCHECK_PORT_INDEX: '0',
    },
    { groups: ['external'], isStrict: true },
  );
  t.match(settings, {
    servicePort: 8081,
    bindAddress: '10.0.0.2',
    bindOptions: ['ssl-min-ver', 'TLSv1.2'],
    certificate: '/etc/ssl/shop.pem',
    mode: 'http',
    hosts: ['shop.example.org', '*.shop.example.org'],
    paths: [
      { path: '/a', ignoreCase: true },
      { path: '/b', ignoreCase: true },
    ],
    priority: -3,
    balance: 'leastconn',
    sticky: true,
    redirectToHttps: true,
    hsts: true,
    auth: { realm: 'Shop', user: 'alice', passwordHash: hash },
    allowedNetworks: ['10.0.0.0/8', '192.168.1.1'],
    stripPrefix: '/a',
    locationPrefix: '/outer',
    rootRedirect: '/start',
    checkPortIndex: 0,
  });
  t.end();
});

t.test('groups: of the port, else of the app', (t) => {
  const labels = { HAPROXY_GROUP: 'internal,all', HAPROXY_0_GROUP: 'external' };
  const served = (...groups: string[]): number[] =>
    read(labels, { groups }, { ports: ports(1001, 1002) }).services.map((s) => s.portIndex);
  t.same(served('external'), [0]);
  t.same(served('internal'), [1]);
  t.same(served('all'), [1]);
  t.same(served('external', 'internal'), [0, 1]);
  t.same(served('*'), [0, 1]);
  t.same(served('other'), []);
  t.same(served(), []);
  t.same(complaints(read({ HAPROXY_GROUP: 'internal', HAPROXY_0_PORT: 'http' }, { groups: ['external'] })), []);
  const blank = read({ HAPROXY_GROUP: 'internal, external' }, { groups: ['external'] }, { ports: ports(1001, 1002) });
  t.equal(blank.services.length, 0);
  t.same(complaints(blank), ['HAPROXY_GROUP: " external" is another group than "external"']);
  t.equal(read({}, { groups: [] }).services.length, 1, 'no group wanted: those without one');
  t.equal(read({}, { groups: ['external'] }).services.length, 0);
  t.end();
});

t.test('switched on and off', (t) => {
  const count = (labels: Record<string, string>, isStrict = false): number =>
    read(labels, { isStrict }).services.length;
  t.equal(count({ HAPROXY_0_ENABLED: 'false' }), 0);
  t.equal(count({ HAPROXY_0_ENABLED: 'Y' }, true), 1);
  t.equal(count({}, true), 0);
  t.same(complaints(read({ HAPROXY_0_ENABLED: 'ja' })), [
    'HAPROXY_0_ENABLED: "ja" is neither yes (true, t, yes, y, 1, on) nor no (false, f, no, n, 0, off) (fatal)',
  ]);
  t.end();
});

t.test('mode: given, else from checks, hosts and passwords', (t) => {
  const mode = (labels: Record<string, string>, healthChecks = [http]): string =>
    readOne(labels, {}, { healthChecks }).mode;
  t.equal(mode({}), 'http');
  t.equal(mode({}, [{ ...http, protocol: 'MESOS_HTTP' }]), 'http');
  t.equal(mode({}, [{ ...http, protocol: 'TCP' }]), 'tcp');
  t.equal(mode({}, [{ ...http, protocol: 'HTTPS' }]), 'tcp', 'what speaks TLS itself is passed on');
  t.equal(mode({}, [{ ...http, portIndex: 1 }]), 'tcp', 'the check of another port');
  t.equal(mode({ HAPROXY_0_MODE: 'tcp' }), 'tcp');
  t.equal(mode({ HAPROXY_0_VHOST: 'a.org' }, []), 'http');
  t.equal(mode({ HAPROXY_0_AUTH: `a:b:${hash}` }, []), 'http');
  const both = { HAPROXY_0_MODE: 'tcp', HAPROXY_0_VHOST: 'a.org' };
  t.same(readOne(both).hosts, []);
  t.same(complaints(read(both)), ['HAPROXY_0_VHOST: a service in mode tcp cannot be chosen by host']);
  t.same(complaints(read({ HAPROXY_0_MODE: 'tcp', HAPROXY_0_AUTH: `a:b:${hash}` })), [
    'HAPROXY_0_AUTH: cannot be asked for in mode tcp; the service is left out (fatal)',
  ]);
  t.end();
});

t.test('a bad setting costs what it is about', (t) => {
  const labels = {
    HAPROXY_0_VHOST: 'a.org,b org',
    HAPROXY_0_BACKEND_WEIGHT: 'high',
    HAPROXY_0_BALANCE: 'best',
    HAPROXY_0_MODE: 'udp',
    HAPROXY_0_STICKY: 'maybe',
    HAPROXY_0_HTTP_BACKEND_REDIR: '/',
    HAPROXY_0_BACKEND_HEALTHCHECK_PORT_INDEX: '1',
  };
  const settings = read(labels);
  t.match(settings.services, [
    {
      servicePort: 10_000,
      hosts: ['a.org'],
      priority: null,
      balance: 'roundrobin',
      mode: 'http',
      sticky: false,
      rootRedirect: null,
      checkPortIndex: null,
    },
  ]);
  t.same(settings.problems.map(({ label }) => label).sort(), Object.keys(labels).sort());
  t.notOk(settings.problems.some(({ isFatal }) => isFatal));
  t.end();
});

t.test('a bad setting of the listener costs the listener', (t) => {
  for (const [name, value] of [
    ['PORT', 'http'],
    ['PORT', '70000'],
    ['BIND_ADDR', '*:80,*'],
    ['BIND_ADDR', '10.0.0.9'],
    ['BIND_OPTIONS', 'crt /etc/ssl'],
    ['SSL_CERT', '/etc/passwd'],
    ['SSL_CERT', '/etc/ssl/shop.pem\n  bind :80'],
  ] as const) {
    const settings = read({ HAPROXY_0_VHOST: 'a.org', [`HAPROXY_0_${name}`]: value });
    t.match(settings.services, [{ servicePort: 0, hosts: ['a.org'] }], `${name} ${value}`);
    t.match(settings.problems, [{ label: `HAPROXY_0_${name}`, isFatal: false }]);
  }
  t.match(readOne({ HAPROXY_0_BIND_ADDR: '*' }), { servicePort: 10_000, bindAddress: null });
  t.match(readOne({ HAPROXY_0_BIND_ADDR: '10.0.0.1' }), { servicePort: 10_000, bindAddress: null });
  t.match(readOne({ HAPROXY_0_SSL_CERT: '/elsewhere/shop.pem' }), { certificate: '/etc/ssl/shop.pem' });
  t.match(readOne({ HAPROXY_0_PORT: '0' }), { servicePort: 0 });
  t.end();
});

t.test('a bad path costs the hosts, which would get all paths otherwise', (t) => {
  const labels = { HAPROXY_0_VHOST: 'a.org', HAPROXY_0_PATH: '/a -m reg .*' };
  t.match(readOne(labels), { hosts: [], aliases: [], paths: [], mode: 'http', servicePort: 10_000 });
  t.same(complaints(read(labels)), [
    'HAPROXY_0_PATH: the flag "-m" cannot be used: known is -i, in front; its hosts are not served',
  ]);
  t.same(complaints(read({ HAPROXY_0_PATH: '/a' })), [
    'HAPROXY_0_PATH: needs HAPROXY_0_VHOST; for a path of all hosts add a rule',
  ]);
  t.end();
});

t.test('what would leave a service open costs the service', (t) => {
  const auth = read(
    { HAPROXY_0_VHOST: 'a.org', HAPROXY_0_AUTH: 'just-one', HAPROXY_1_VHOST: 'b.org' },
    {},
    { ports: ports(1, 2) },
  );
  t.same(
    auth.services.map((s) => s.portIndex),
    [1],
  );
  t.same(complaints(auth), ['HAPROXY_0_AUTH: is not of the form realm:user:hash; the service is left out (fatal)']);
  const networks = read({ HAPROXY_0_BACKEND_NETWORK_ALLOWED_ACL: '10.0.0.0/8 office' });
  t.same(networks.services, []);
  t.match(networks.problems, [{ isFatal: true, reason: /"office" is not an address/ }]);
  t.end();
});

t.test('an empty value is as none', (t) => {
  const empty = Object.fromEntries(
    ['VHOST', 'PATH', 'AUTH', 'MODE', 'PORT', 'BACKEND_NETWORK_ALLOWED_ACL', 'ENABLED'].map((name) => [
      `HAPROXY_0_${name}`,
      '',
    ]),
  );
  t.match(readOne(empty), { servicePort: 10_000, mode: 'tcp', hosts: [], auth: null });
  t.same(read(empty).problems, []);
  t.end();
});

t.test('limits', (t) => {
  const names = (count: number, from = 0): string =>
    Array.from({ length: count }, (_, i) => `h${from + i}.org`).join(',');
  const two = read({ HAPROXY_0_VHOST: names(70), HAPROXY_1_VHOST: names(70, 70) }, {}, { ports: ports(1, 2) });
  t.same(
    two.services.map((s) => s.hosts.length),
    [70, 30],
  );
  t.same(complaints(two), ['HAPROXY_1_VHOST: an app can have 100 names; left out are the last 40']);
  t.match(complaints(read({ HAPROXY_0_VHOST: names(5000) })), [/is longer than 32768 characters/]);
  const many = read(Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`HAPROXY_0_X${i}`, ''])));
  t.equal(many.problems.length, 31);
  t.match(many.problems.at(-1), { reason: '970 more problems' });
  t.end();
});

t.test('labels that nothing reads', (t) => {
  const unknown = read({
    HAPROXY_0_VHOTS: 'a.org',
    HAPROXY_VHOST: 'a.org',
    HAPROXY_1_VHOST: 'a.org',
    HAPROXY_00_VHOST: 'a.org',
    'HAPROXY_0_\n': '',
    HAPROXY_DEPLOYMENT_COLOUR: 'blue',
    OTHER: 'x',
  });
  t.same(complaints(unknown), [
    'HAPROXY_0_VHOTS: is not known',
    'HAPROXY_VHOST: is not known',
    'HAPROXY_1_VHOST: the app has no port 1; the first one is 0',
    'HAPROXY_00_VHOST: is not known',
    '"HAPROXY_0_\\n": is not known',
  ]);
  t.same(
    read({}, { settingsFrom: 'env' }, { env: { HAPROXY_0_VHOTS: 'a.org' } }).problems,
    [],
    'the environment is for others, too',
  );
  t.end();
});

t.test('settings in the environment', (t) => {
  const env = { HAPROXY_0_VHOST: 'env.org', HAPROXY_0_STICKY: 'true', HAPROXY_0_MODE: 'tcp' };
  const labels = { HAPROXY_0_VHOST: 'label.org' };
  t.same(readOne(labels, { settingsFrom: 'labels' }, { env }).hosts, ['label.org']);
  t.match(readOne(labels, { settingsFrom: 'env' }, { env }), { hosts: ['env.org'], sticky: true, mode: 'http' });
  t.match(
    readOne(labels, { settingsFrom: 'both' }, { env: { HAPROXY_0_VHOST: 'env.org', HAPROXY_0_STICKY: 'true' } }),
    {
      hosts: ['label.org'],
      sticky: true,
    },
  );
  const none = read({ ...labels, HAPROXY_0_ENABLED: 'no', HAPROXY_0_X: '' }, { settingsFrom: 'none' }, { env });
  t.match(none, { services: [{ hosts: [], mode: 'tcp' }], problems: [] });
  t.end();
});

t.test('ports that services may have', (t) => {
  const rules = {
    servicePorts: [
      [10_000, 10_010],
      [327, 327],
    ] as const,
  };
  t.equal(readOne({}, rules).servicePort, 10_000);
  t.equal(readOne({ HAPROXY_0_PORT: '327' }, rules).servicePort, 327);
  t.equal(readOne({ HAPROXY_0_PORT: '80' }, rules).servicePort, 0);
  t.match(complaints(read({ HAPROXY_0_PORT: '80' }, rules)), [
    /service port 80 is none of those .*\(10000-10010, 327\)/,
  ]);
  t.end();
});

t.test('assigned service ports stand in for what is missing', (t) => {
  const servicePort = (labels: Record<string, string>, given: number): number | undefined =>
    readAppSettings(sampleApp(labels, { ports: ports(given) }), sampleRules, new Map([[0, 10_057]])).services[0]
      ?.servicePort;
  t.equal(servicePort({}, 0), 10_057);
  t.equal(servicePort({}, 4000), 4000);
  t.equal(servicePort({ HAPROXY_0_PORT: '5000' }, 0), 5000);
  t.end();
});

t.test("Bamboo's TCP port is a second, plain one", (t) => {
  const env = { BAMBOO_TCP_PORT: '11480' };
  const both = read({ HAPROXY_0_VHOST: 'a.org', HAPROXY_0_BACKEND_NETWORK_ALLOWED_ACL: '10.0.0.0/8' }, {}, { env });
  t.match(both.services, [
    { portIndex: 0, servicePort: 10_000, mode: 'http', hosts: ['a.org'] },
    { portIndex: 0, servicePort: 11_480, mode: 'tcp', hosts: [], allowedNetworks: ['10.0.0.0/8'] },
  ]);
  const one = (value: string, labels = {}): string[] =>
    complaints(read(labels, {}, { env: { BAMBOO_TCP_PORT: value } }));
  t.match(one('http'), [/^BAMBOO_TCP_PORT: "http" is not a whole number/]);
  t.match(one('11490\n  http-request return status 299'), [/^BAMBOO_TCP_PORT: /]);
  t.equal(read({}, {}, { env: { BAMBOO_TCP_PORT: '10000' } }).services.length, 1, 'its own port already');
  t.match(one('10000', { HAPROXY_0_VHOST: 'a.org' }), [/the app's already, for HTTP/]);
  t.match(one('11480', { HAPROXY_0_AUTH: `a:b:${hash}` }), [/a password cannot be asked for/]);
  t.equal(read({}, { servicePorts: [[1, 20_000]] }, { env: { BAMBOO_TCP_PORT: '30000' } }).services.length, 1);
  t.equal(read({ HAPROXY_0_ENABLED: 'no' }, {}, { env }).services.length, 0);
  t.equal(read({}, {}, { env, ports: [] }).services.length, 0);
  t.end();
});
