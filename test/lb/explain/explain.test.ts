import t from 'tap';
import { compile } from '../../../src/lb/compile/compile.js';
import type { CompileInput } from '../../../src/lb/compile/compile.js';
import { decide, explain } from '../../../src/lb/explain/explain.js';
import type { ExplainParts } from '../../../src/lb/explain/explain.js';
import type { Explanation } from '../../../src/lb/explain/explanation.js';
import { QuestionError } from '../../../src/lb/explain/asked-request.js';
import { readQuestion } from '../../../src/lb/explain/question.js';
import type { Parameters } from '../../../src/lb/explain/question.js';
import { listRoutes } from '../../../src/lb/explain/route-list.js';
import { parseServerStates } from '../../../src/lb/explain/server-states.js';
import type { Rule } from '../../../src/lb/rules/rule.js';
import { catalogOf, compileInput } from '../../support/compile-input.js';
import { catalogApp, catalogInstance } from '../../support/fake-catalog.js';
import { proxySettings } from '../../support/proxy-settings.js';

const apps = [
  catalogApp('/shop', 10_001, { labels: { HAPROXY_0_VHOST: 'shop.example.com' } }),
  catalogApp('/shop/cart', 10_002, {
    labels: {
      HAPROXY_0_VHOST: 'shop.example.com',
      HAPROXY_0_PATH: '/cart',
      HAPROXY_0_REDIRECT_TO_HTTPS: 'true',
      HAPROXY_0_BACKEND_NETWORK_ALLOWED_ACL: '10.0.0.0/8',
    },
  }),
  catalogApp('/beta', 10_003),
  catalogApp('/office', 10_004),
  catalogApp('/late', 10_001, { version: '2026-02-01T00:00:00.000Z' }),
];
const instances = [
  // A task in its agent's network has the agent's address as its own
  catalogInstance('/shop', 'shop.1', [31_001], { ipAddresses: ['127.0.0.1'] }),
  catalogInstance('/shop', 'shop.2', [31_002], { ipAddresses: ['127.0.0.1'] }),
  catalogInstance('/shop', 'shop.3', [31_003], { draining: true }),
  catalogInstance('/shop/cart', 'cart.1', [31_010]),
  catalogInstance('/beta', 'beta.1', [31_020]),
  catalogInstance('/office', 'office.1', [31_030]),
];
const rules: Rule[] = [
  { id: '/beta', acl: 'hdr(x-beta) yes' },
  { id: '/office', acl: 'src 10.1.0.0/16', config: { Acl: 'src 10.1.0.0/16', Priority: '5' } },
  { id: '/gone', acl: 'hdr(host) -i gone.example.com' },
];

function partsOf(more: Partial<CompileInput> = {}): ExplainParts {
  const settings = proxySettings({ appIdPort: 9091, statsPath: '/haproxy_stats' });
  const catalog = catalogOf(apps, instances);
  const routing = compile(compileInput({ catalog, rules, settings, ...more }));
  return { routing, settings, catalog, rules: new Map(rules.map((rule) => [rule.id, rule])), reports: routing.reports };
}

function ask(parameters: Parameters, parts = partsOf(), answer?: string): Explanation {
  const asked = readQuestion(parameters, parts.settings, parts.routing.model);
  const decision = decide(parts, asked);
  return explain(parts, asked, decision, answer === undefined ? undefined : parseServerStates(answer));
}

t.test('the longest path takes the request; what else fits is told', (t) => {
  const told = ask({ host: 'shop.example.com', path: '/cart/1?a=b', src: '10.200.0.1' });
  t.match(told, {
    connection: { kind: 'http', frontend: 'http' },
    route: {
      source: { kind: 'label', app: '/shop/cart', portIndex: 0 },
      condition: 'host shop.example.com, path below /cart',
      app: '/shop/cart',
    },
    shadowed: [{ app: '/shop' }],
    request: { path: '/cart/1?a=b', method: 'GET', port: 80, scheme: 'http', source: '10.200.0.1' },
    backend: { app: '/shop/cart', statesFrom: 'configuration', servers: [{ taskId: 'cart.1', state: 'unknown' }] },
    onTheWay: ['The client 10.200.0.1 is let in: it is in 10.0.0.0/8.', 'It is redirected to https.'],
  });
  t.match(
    told.text,
    /^GET shop\.example\.com\/cart\/1 at port 80: the HTTP frontend takes it, and by the settings of port 0/,
  );
  t.match(told.text, /which does not pass it on: it is redirected to https/);
  const outside = ask({ host: 'shop.example.com', path: '/cart', src: '192.168.0.1' });
  t.match(outside.text, /does not pass it on: the client's network is not allowed/);
  t.end();
});

t.test('what is not given leaves it open; what is given decides', (t) => {
  const open = ask({ host: 'SHOP.example.com:80', path: '/' });
  t.equal(open.route, null);
  t.equal(open.backend, null);
  t.match(open.possible, [
    { app: '/office', depends: /client's address is not given/ },
    { app: '/shop', depends: 'none of those before it takes it' },
  ]);
  t.match(
    open.text,
    /up to what was not given whether the rule of \/office .* otherwise the settings of port 0 of \/shop/,
  );
  t.match(ask({ host: 'shop.example.com', src: '10.1.2.3' }), { route: { app: '/office', priority: 5 }, possible: [] });
  const beta = ask({ host: 'shop.example.com', src: '192.168.0.1', header: ['X-Beta: yes'] });
  t.match(beta, { route: { source: { kind: 'rule', id: '/beta' } }, shadowed: [{ app: '/shop' }] });
  t.end();
});

t.test('servers are as HAProxy says, those that are being drained among them', (t) => {
  const parts = partsOf();
  const name = parts.routing.model.backends.find(({ app }) => app.id === '/shop')?.name ?? '';
  const rows = [
    '# pxname,svname,qcur,scur,status,check_status',
    `${name},127.0.0.1_31001,0,3,UP,L4OK`,
    `${name},127.0.0.1_31002,0,0,DOWN,"L4CON, refused"`,
    `${name},127.0.0.1_31003,0,1,MAINT,`,
    `${name},BACKEND,0,4,UP,`,
  ];
  const told = ask({ host: 'shop.example.com', src: '192.168.0.1' }, parts, rows.join('\n'));
  t.match(told.backend, {
    statesFrom: 'haproxy',
    servers: [
      { taskId: 'shop.1', state: 'up', status: 'UP', sessions: 3, check: 'L4OK' },
      { taskId: 'shop.2', state: 'down', check: 'L4CON, refused' },
      { taskId: 'shop.3', status: 'MAINT', sessions: 1 },
    ],
  });
  t.match(told.text, /1 of \d servers are up/);
  t.end();
});

t.test('a host that nobody has, and who would have liked it', (t) => {
  const typo = ask({ host: 'shpo.example.com', src: '192.168.0.1' });
  t.match(typo, { route: null, backend: null, similarHosts: ['shop.example.com'] });
  t.match(typo.text, /no route fits, so it is answered 503\. Did you mean shop\.example\.com\?/);
  const gone = ask({ host: 'gone.example.com', src: '192.168.0.1' });
  t.match(gone.leftOut, [{ kind: 'rule', id: '/gone', reason: /no such app/ }]);
  const parts = partsOf({ rejected: (kind, id) => (kind === 'app' && id === '/shop' ? 'HAProxy says no' : undefined) });
  t.match(ask({ host: 'shop.example.com', src: '192.168.0.1' }, parts).leftOut, [
    { kind: 'app', id: '/shop', reason: 'HAProxy says no' },
  ]);
  t.end();
});

t.test('ports', (t) => {
  t.match(ask({ port: '10003' }), {
    connection: { kind: 'service', app: '/beta' },
    backend: { app: '/beta' },
    route: null,
  });
  t.match(ask({ port: '10001' }).connection, { kind: 'service', app: '/shop' }, 'the older version has it');
  t.match(ask({ port: '9090' }).connection, { kind: 'statistics' });
  t.match(ask({ port: '8000' }).connection, { kind: 'api' });
  t.match(ask({ port: '4711' }).text, /nobody listens on port 4711: no app has it/);
  t.match(ask({ path: '/haproxy_stats' }).connection, { kind: 'statistics' });
  const taken = partsOf({ portProblem: (port) => (port === 80 || port === 10_004 ? 'nginx has it' : undefined) });
  t.match(ask({ host: 'shop.example.com' }, taken).text, /the HTTP frontend is not served: .*nginx has it/);
  t.match(ask({ port: '10004' }, taken).text, /nobody listens on port 10004, which \/office wants: .*nginx has it/);
  t.match(ask({ scheme: 'https', host: 'shop.example.com' }).connection, { kind: 'none' }, 'without certificates');
  t.match(ask({ port: '9091', header: 'X-Marathon-App-Id: /Beta' }), {
    connection: { kind: 'appId', frontend: 'appid' },
    backend: { app: '/beta' },
  });
  t.match(ask({ port: '9091' }).text, /the header is not there/);
  t.end();
});

t.test('a question that is none', (t) => {
  const cases: readonly (readonly [Parameters, RegExp])[] = [
    [{ port: '0' }, /port: "0"/],
    [{ port: '80x' }, /port/],
    [{ hots: 'a' }, /hots: is not known/],
    [{ host: 'a b' }, /host/],
    [{ host: ['a', 'b'] }, /may be given once/],
    [{ path: 'cart' }, /does not begin with \//],
    [{ header: 'none' }, /Name:value/],
    [{ header: 'A: b\r\nC: d' }, /control character/],
    [{ method: 'GE T' }, /method/],
    [{ scheme: 'ftp' }, /scheme/],
    [{ scheme: 'https', port: '80' }, /port 80 speaks http/],
    [{ src: '10.1' }, /src/],
  ];
  for (const [parameters, message] of cases) {
    t.throws(() => ask(parameters), new QuestionError(''), JSON.stringify(parameters));
    try {
      ask(parameters);
    } catch (error) {
      t.match((error as Error).message, message);
    }
  }
  t.match(ask({ path: 'http://shop.example.com/a b?x=y#z' }).request, {
    host: 'shop.example.com',
    path: '/a%20b?x=y',
  });
  t.end();
});

t.test('all routes in their order, and what stands in whose shadow', (t) => {
  const shadowing: Rule[] = [
    { id: '/beta', acl: 'hdr(host) -i shop.example.com', config: { Acl: '', Priority: '9' } },
    { id: '/office', acl: 'path_beg /cart' },
    { id: '/late', acl: 'path_beg /cart/new', config: { Acl: '', Priority: '-1' } },
  ];
  const { routing } = partsOf({ rules: shadowing });
  const { routes, total } = listRoutes(routing, undefined, { offset: 0, limit: 100 });
  t.equal(total, routing.routes.length);
  t.same(
    routes.map(({ position }) => position),
    routes.map((_route, i) => i + 1),
  );
  const named = (app: string): (typeof routes)[number] | undefined => routes.find((route) => route.app === app);
  t.same(named('/shop/cart')?.shadowedBy, [named('/beta')?.name], 'a host that a rule of higher priority takes');
  t.same(named('/beta')?.shadows, [named('/shop/cart')?.name]);
  t.same(named('/late')?.shadowedBy, [named('/office')?.name], 'a path below one that goes first');
  t.same(named('/beta')?.shadowedBy, []);
  t.match(named('/shop/cart')?.servers, { live: null, all: 1 });
  t.same(listRoutes(routing, undefined, { offset: 1, limit: 1 }).routes.length, 1);
  t.end();
});
