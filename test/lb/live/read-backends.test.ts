import t from 'tap';
import { statRows } from '../../../src/lb/apply/stat-table.js';
import { compile } from '../../../src/lb/compile/compile.js';
import type { Routing } from '../../../src/lb/compile/routing-model.js';
import { fixedBackendName } from '../../../src/lb/compile/names.js';
import { createBackendReader } from '../../../src/lb/live/backend-reader.js';
import type { LbBackend, LbBackends } from '../../../src/lb/live/backends.js';
import { backendsCommand, readBackends as backendsIn } from '../../../src/lb/live/read-backends.js';
import { silentLogger } from '../../../src/common/logger.js';
import { catalogOf, compileInput } from '../../support/compile-input.js';
import { catalogApp, catalogInstance } from '../../support/fake-catalog.js';

const columns = [
  ...['pxname', 'svname', 'qcur', 'scur', 'stot', 'bin', 'bout', 'econ', 'eresp', 'status', 'weight', 'act', 'bck'],
  ...['rate', 'check_status', 'check_code', 'hrsp_2xx', 'hrsp_3xx', 'hrsp_4xx', 'hrsp_5xx', 'req_tot', 'last_chk'],
  ...['rtime', 'addr', 'mode'],
];

const readBackends = (answer: string, routing: Routing | undefined): LbBackend[] => [...backendsIn(answer, routing)];

/** An answer to `show stat` of these rows; what a row does not say is empty. */
function answerOf(...rows: Readonly<Record<string, string | number>>[]): string {
  return [`# ${columns.join(',')}`, ...rows.map((row) => columns.map((name) => row[name] ?? '').join(',')), ''].join(
    '\n',
  );
}

const routing = compile(
  compileInput({
    catalog: catalogOf(
      [catalogApp('/web', 10_000)],
      [
        catalogInstance('/web', 'web.1', [31_000]),
        catalogInstance('/web', 'web.2', [31_001]),
        catalogInstance('/web', 'web.3', [31_002], { draining: true }),
      ],
    ),
    rules: [
      {
        id: '/old',
        acl: 'hdr(host) -i old.example',
        config: { Acl: 'hdr(host) -i old.example', Servers: '10.0.0.1:80' },
      },
    ],
  }),
);
const web = routing.model.backends.find(({ app }) => app.id === '/web')?.name ?? '';

t.test('columns by name, wherever they stand', (t) => {
  const text = '# pxname,svname,scur,status,last_chk,x\na,s,1,UP,"no, ""never""",9\nb,t,,DOWN\n\n';
  t.same(
    [...statRows(text, ['last_chk', 'pxname', 'scur', 'of-later'])],
    [
      ['no, "never"', 'a', '1', ''],
      ['', 'b', '', ''],
    ],
  );
  t.same([...statRows('# pxname,svname,scur,status\n"open', ['pxname'])], [['open']], 'a line that was cut');
  t.throws(() => [...statRows('Unknown command', ['pxname'])], /not an answer/);
  t.throws(() => [...statRows('', ['pxname'])], /not an answer/);
  t.end();
});

t.test('what HAProxy says, with whose it is', (t) => {
  const server = { pxname: web, scur: 2, rate: 3, weight: 100, mode: 'http' };
  const answer = answerOf(
    { ...server, svname: '127.0.0.1_31000', status: 'UP', addr: '127.0.0.1:31000', check_status: '* L4OK' },
    {
      ...server,
      svname: '127.0.0.1_31001',
      status: 'DOWN',
      addr: '127.0.0.1:31001',
      check_status: 'L7STS',
      check_code: 503,
      last_chk: '"Service Unavailable, again"',
    },
    { ...server, svname: '127.0.0.1_31002', status: 'MAINT', addr: '127.0.0.1:31002' },
    { ...server, svname: 'by_hand', status: 'no check', addr: '10.0.0.9:80' },
    {
      ...{ pxname: web, svname: 'BACKEND', mode: 'http', status: 'UP', act: 1, bck: 0, qcur: 4, scur: 5, rate: 6 },
      ...{ stot: 7, req_tot: 70, bin: 8, bout: 9, econ: 1, eresp: 2, rtime: 12 },
      ...{ hrsp_2xx: 60, hrsp_3xx: 5, hrsp_4xx: 4, hrsp_5xx: 1 },
    },
  );
  t.same(readBackends(answer, routing), [
    {
      name: web,
      app: '/web',
      up: true,
      sessions: 5,
      queued: 4,
      rate: 6,
      total: 70,
      bytesIn: 8,
      bytesOut: 9,
      errors: 3,
      responses: { '2xx': 60, '3xx': 5, '4xx': 4, '5xx': 1 },
      responseMs: 12,
      servers: [
        {
          name: '127.0.0.1_31000',
          address: '127.0.0.1:31000',
          status: 'UP',
          weight: 100,
          sessions: 2,
          rate: 3,
          task: 'web.1',
          lastCheck: 'L4OK',
        },
        {
          name: '127.0.0.1_31001',
          address: '127.0.0.1:31001',
          status: 'DOWN',
          weight: 100,
          sessions: 2,
          rate: 3,
          task: 'web.2',
          lastCheck: 'L7STS/503 Service Unavailable, again',
        },
        {
          name: '127.0.0.1_31002',
          address: '127.0.0.1:31002',
          status: 'MAINT',
          weight: 100,
          sessions: 2,
          rate: 3,
          task: 'web.3',
          lastCheck: null,
        },
        {
          name: 'by_hand',
          address: '10.0.0.9:80',
          status: 'no check',
          weight: 100,
          sessions: 2,
          rate: 3,
          task: null,
          lastCheck: null,
        },
      ],
    },
  ]);
  t.end();
});

t.test("what is nobody's, and what cannot be known", (t) => {
  const fixed = fixedBackendName('/old');
  const answer = answerOf(
    { pxname: web, svname: 'BACKEND', status: 'UP', act: 0, bck: 0, mode: 'http', stot: 0, req_tot: 0, rtime: 0 },
    { pxname: fixed, svname: 'BACKEND', status: 'DOWN', act: 0, mode: 'http', stot: 3, req_tot: 3, rtime: 1 },
    { pxname: 'templates_own', svname: 'BACKEND', status: 'UP', act: 0, bck: 0, mode: 'tcp', stot: 8, rtime: 3 },
  );
  t.match(readBackends(answer, routing), [
    { app: '/web', up: false, responseMs: null, total: 0 },
    { app: null, up: false, responseMs: 1, total: 3 },
    { app: null, up: true, responseMs: null, total: 8 },
  ]);
  t.match(readBackends(answer, undefined), [{ app: null }, { app: null }, { app: null }]);
  t.same(readBackends(answerOf(), routing), []);
  t.end();
});

t.test('a deployment group is that of its oldest app', (t) => {
  const labels = { HAPROXY_DEPLOYMENT_GROUP: 'shop', HAPROXY_GROUP: 'external' };
  const started = (at: string): { labels: Record<string, string> } => ({
    labels: { ...labels, HAPROXY_DEPLOYMENT_STARTED_AT: at },
  });
  const groups = compile(
    compileInput({
      catalog: catalogOf(
        [
          catalogApp('/shop-green', 10_001, started('2026-01-02T00:00:00')),
          catalogApp('/shop-blue', 10_001, started('2026-01-01T00:00:00')),
        ],
        [catalogInstance('/shop-green', 'g.1', [31_001]), catalogInstance('/shop-blue', 'b.1', [31_000])],
      ),
    }),
  );
  const name = groups.model.backends[0]?.name ?? '';
  const answer = answerOf(
    { pxname: name, svname: '127.0.0.1_31000', status: 'UP', addr: '127.0.0.1:31000' },
    { pxname: name, svname: '127.0.0.1_31001', status: 'UP', addr: '127.0.0.1:31001' },
    { pxname: name, svname: 'BACKEND', status: 'UP', act: 2, mode: 'tcp' },
  );
  t.match(readBackends(answer, groups), [{ app: '/shop-blue', servers: [{ task: 'b.1' }, { task: 'g.1' }] }]);
  t.end();
});

t.test('HAProxy is asked once for all, and not too often', async (t) => {
  const asked: string[] = [];
  let isThere = true;
  let answer: (text: string) => void = () => undefined;
  const reader = createBackendReader({
    command: () =>
      isThere
        ? (text) => {
            asked.push(text);
            return new Promise((resolve) => (answer = resolve));
          }
        : undefined,
    routing: () => routing,
    logger: silentLogger,
    now: () => 0,
  });
  const both = [reader.read(), reader.read()];
  answer(answerOf({ pxname: web, svname: 'BACKEND', status: 'UP', act: 1, mode: 'http' }));
  const [first, second] = await Promise.all(both);
  t.ok(first);
  t.equal(first, second);
  t.same(asked, [backendsCommand]);
  const told = JSON.parse(String(first)) as LbBackends;
  t.match(told, { at: '1970-01-01T00:00:00.000Z', total: 1, backends: [{ name: web, up: true }] });
  t.equal(await reader.read(), first, 'a moment later it is still true');
  t.equal(asked.length, 1);
  isThere = false;
  t.equal(await reader.read(), undefined, 'but not of a process that is gone');

  const broken = createBackendReader({
    command: () => () => Promise.resolve('Permission denied'),
    routing: () => undefined,
    logger: silentLogger,
  });
  t.equal(await broken.read(), undefined);
});

t.test('of very many the first are shown', async (t) => {
  const rows = Array.from({ length: 15_000 }, (_, n) => ({
    pxname: `${n}${'b'.repeat(200)}`,
    svname: 'BACKEND',
    status: 'UP',
  }));
  const reader = createBackendReader({
    command: () => () => Promise.resolve(answerOf(...rows)),
    routing: () => undefined,
    logger: silentLogger,
  });
  const json = await reader.read();
  t.ok(json !== undefined && json.length < 5 << 20);
  const { total, backends } = JSON.parse(String(json)) as LbBackends;
  t.equal(total, rows.length);
  t.ok(backends.length > 1_000 && backends.length < total);
  t.match(backends[0]?.name, /^0b/);
});
