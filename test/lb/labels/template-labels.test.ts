import t from 'tap';
import { complaints, read, readOne } from './sample-app.js';

const host = { HAPROXY_0_VHOST: 'tmpl.example.com' };

t.test('headers, options and other names, as marathon-lb users write them', (t) => {
  const labels = {
    ...host,
    HAPROXY_0_BACKEND_HEAD:
      '\nbackend {backend}\n  balance {balance}\n  mode {mode}\n  http-response set-header X-From-Template yes\n',
    HAPROXY_0_BACKEND_HTTP_OPTIONS:
      '  option forwardfor\r\n\tno option http-keep-alive\r\n  http-request set-header X-Custom hello\r\n',
    HAPROXY_0_HTTP_FRONTEND_ACL:
      '  acl host_{cleanedUpHostname} hdr(host) -i {hostname} alias-{hostname}\n  use_backend {backend} if host_{cleanedUpHostname}\n',
    HAPROXY_0_HTTPS_FRONTEND_ACL: '  use_backend {backend} if {{ ssl_fc_sni {hostname} tls-{hostname} }}\n',
  };
  t.match(readOne(labels), {
    mode: 'http',
    balance: 'roundrobin',
    hosts: ['tmpl.example.com'],
    directives: [
      "http-response set-header X-From-Template 'yes'",
      'option forwardfor',
      'no option http-keep-alive',
      "http-request set-header X-Custom 'hello'",
    ],
    aliases: ['alias-tmpl.example.com', 'tls-tmpl.example.com'],
  });
  t.same(read(labels).problems, []);
  t.end();
});

t.test('a head by the name that marathon-lb gives a backend; balance and mode of its own', (t) => {
  const labels = {
    HAPROXY_0_BACKEND_HEAD:
      'backend shop_web_10000\n  balance source # as the client says\n  mode http\n  timeout server 2m',
  };
  t.match(readOne(labels), { mode: 'http', balance: 'roundrobin', directives: ['timeout server 120000'] });
  t.match(complaints(read(labels)), [/line 2: "#" begins a comment/]);
  t.match(
    readOne({ HAPROXY_0_BACKEND_HEAD: 'backend {backend}\n  # as the client says\n  balance source\n  mode http' }),
    {
      mode: 'http',
      balance: 'source',
    },
  );
  t.end();
});

t.test('a wildcard by the end of the name', (t) => {
  const acl = 'acl sub hdr_end(host) -i .{hostname}\n acl unused hdr(host) other.org\n use_backend {backend} if sub';
  t.same(readOne({ ...host, HAPROXY_0_HTTP_FRONTEND_ACL: acl }).aliases, ['*.tmpl.example.com']);
  t.end();
});

t.test('tests of the own path are taken for what they are', (t) => {
  const acl =
    'acl host_{cleanedUpHostname} hdr(host) {hostname} b.org\nacl path_x path_beg {path}\nuse_backend {backend} if host_{cleanedUpHostname} path_x';
  const labels = { ...host, HAPROXY_0_PATH: '/shop', HAPROXY_0_HTTP_FRONTEND_ACL_WITH_PATH: acl };
  t.match(readOne(labels), { aliases: ['b.org'], paths: [{ path: '/shop' }] });
  t.same(read(labels).problems, []);
  t.end();
});

t.test('what is not understood is refused with its line', (t) => {
  const head = (text: string): string[] => complaints(read({ ...host, HAPROXY_0_BACKEND_HEAD: text }));
  t.same(head('backend {backend}\n  balance {nope}\n'), [
    'HAPROXY_0_BACKEND_HEAD: line 2: the field "{nope}" is not known; known are appId, backend, balance, cleanedUpHostname, hostname, mode, path, servicePort',
  ]);
  t.match(head('backend {backend\n'), [/line 1: a \{ has no other half/]);
  t.match(head('\nbackend {backend}\n  # {backend.__class__.__mro__}\n'), [/line 3: the field "\{backend.__class__/]);
  t.match(head('backend other\n  option forwardfor'), [
    /line 1: "backend" begins another section/,
    /line 2: stands in another section/,
  ]);
  t.match(head('  option forwardfor\nbackend {backend}'), [/line 1: stands in another section/]);
  t.match(head('backend {backend}\n maxconn {balance}'), [/line 2: has \{backend\}, \{balance\} or \{mode\}/]);
  t.match(head('backend {backend}\n http-request set-header X-A {backend}'), [/line 2: has/]);
  t.match(head('backend {backend}\n http-response set-header X-Frame-Options DENY if TRUE'), [
    /line 2: .*without a condition$/,
  ]);
  t.match(head('backend {backend}\n http-request set-header X-A "b'), [/line 2: a " is not closed/]);
  t.match(head('backend {backend}\r http-request deny'), [/line 1: the character U\+000D/]);
  const other = {
    HAPROXY_0_FRONTEND_HEAD: 'frontend {backend}\n  bind *:80\n',
    HAPROXY_0_BACKEND_STICKY_OPTIONS: 'cookie x',
  };
  t.same(complaints(read(other)), [
    'HAPROXY_0_FRONTEND_HEAD: is not one of the templates that are read here',
    'HAPROXY_0_BACKEND_STICKY_OPTIONS: is not one of the templates that are read here',
  ]);
  t.end();
});

t.test('other sections and foreign directives never come through', (t) => {
  const labels = {
    HAPROXY_0_BACKEND_HEAD:
      '\nglobal\n  maxconn 77\n  option forwardfor\n\nbackend {backend}\n  balance {balance}\n  mode http\n  http-request return status 200 content-type text/plain file /etc/passwd\n',
  };
  const settings = read(labels);
  t.same(settings.services, [], 'the line that answers by itself may keep somebody out');
  t.match(settings.problems, [
    { reason: /line 2: "global" begins another section/ },
    { reason: /line 3: stands in another section/ },
    { reason: /line 4: stands in another section/ },
    { reason: /line 9: http-request "return" cannot be used here/, isFatal: true },
  ]);
  t.end();
});

t.test('a refused line that keeps somebody out costs the service', (t) => {
  const costs = (labels: Record<string, string>, templateLabels = true): boolean =>
    read({ ...host, ...labels }, { templateLabels }).services.length === 0;
  for (const templateLabels of [true, false]) {
    for (const line of [
      'http-request deny if !{{ src 10.0.0.0/8 }}',
      '  tcp-request content reject',
      'block if x',
      '\thttp-request auth realm x',
    ]) {
      t.ok(costs({ HAPROXY_0_BACKEND_HTTP_OPTIONS: line }, templateLabels), line);
    }
    const inFront = 'acl internal src 10.0.0.0/8\nuse_backend {backend} if host_{cleanedUpHostname} internal';
    t.ok(costs({ HAPROXY_0_HTTP_FRONTEND_ACL: inFront }, templateLabels));
    t.ok(costs({ HAPROXY_0_HTTP_FRONTEND_ACL: 'use_backend {backend} if !host_other' }, templateLabels));
    t.ok(costs({ HAPROXY_0_FRONTEND_HEAD: 'frontend {backend}\n  tcp-request connection reject' }, templateLabels));
    t.notOk(costs({ HAPROXY_0_BACKEND_HTTP_OPTIONS: 'maxconn 77' }, templateLabels));
    t.notOk(
      costs({ HAPROXY_0_HTTP_FRONTEND_ACL_WITH_AUTH: '  http-request auth realm "{realm}" if x' }, templateLabels),
    );
    t.ok(costs({ HAPROXY_0_BACKEND_HTTP_OPTIONS: `option forwardfor\n${'#\n'.repeat(200)}` }, templateLabels));
  }
  t.end();
});

t.test('switched off', (t) => {
  const labels = {
    ...host,
    HAPROXY_0_BACKEND_HTTP_OPTIONS: 'option forwardfor\nmaxconn 1',
    HAPROXY_0_BACKEND_HEAD: '',
  };
  t.match(readOne(labels, { templateLabels: false }), { directives: [], aliases: [] });
  t.same(complaints(read(labels, { templateLabels: false })), [
    'HAPROXY_0_BACKEND_HTTP_OPTIONS: is not read here (--lb_template_labels)',
  ]);
  t.end();
});

t.test('other names count as hosts: none without a host, none in mode tcp, not more than an app can have', (t) => {
  const acl = 'acl a hdr(host) x.org\nuse_backend {backend} if a';
  t.match(readOne({ HAPROXY_0_HTTP_FRONTEND_ACL: acl }), { aliases: [] });
  t.match(complaints(read({ HAPROXY_0_HTTP_FRONTEND_ACL: acl })), [/is for services with hosts$/]);
  t.match(readOne({ ...host, HAPROXY_0_MODE: 'tcp', HAPROXY_0_HTTP_FRONTEND_ACL: acl }), { hosts: [], aliases: [] });
  t.match(readOne({ ...host, HAPROXY_0_PATH: '-f x', HAPROXY_0_HTTP_FRONTEND_ACL: acl }), { hosts: [], aliases: [] });
  const names = Array.from({ length: 60 }, (_, i) => `h${i}.org`);
  const many = {
    HAPROXY_0_VHOST: names.join(),
    HAPROXY_0_HTTP_FRONTEND_ACL: acl.replace('x.org', names.map((n) => `a-${n}`).join(' ')),
  };
  t.equal(readOne(many).aliases.length, 40);
  const bad = 'acl a hdr(host) -m reg .*\nuse_backend {backend} if a';
  t.match(complaints(read({ ...host, HAPROXY_0_HTTP_FRONTEND_ACL: bad })), [
    /"-m" is not a host name|cannot be in one/,
    /line 2/,
  ]);
  t.end();
});
