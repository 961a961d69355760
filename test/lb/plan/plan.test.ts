import t from 'tap';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { plan } from '../../../src/lb/plan/plan.js';
import type { Planned } from '../../../src/lb/plan/plan.js';
import { reconcile } from '../../../src/lb/plan/reconcile.js';
import type { ActualServer, ActualServers } from '../../../src/lb/plan/reconcile.js';
import { nextReloadAt, nextUpdateAt } from '../../../src/lb/plan/schedule.js';
import type { ScheduleState } from '../../../src/lb/plan/schedule.js';
import { readServerWords } from '../../../src/lb/plan/server-words.js';
import { withoutReload } from '../../../src/lb/plan/without-reload.js';
import { findCulprits } from '../../../src/lb/culprits.js';
import type { RoutingModel } from '../../../src/lb/compile/routing-model.js';

const text = (servers: string[], more = ''): Planned => ({
  text: ['global', '  description x', 'backend a', ...servers.map((s) => `  server ${s}`), more, ''].join('\n'),
  maps: [],
});
const one = 's1 10.0.0.1:80';
const two = 's2 10.0.0.2:80';

t.test('what needs a new process', (t) => {
  t.same(plan(text([one]), text([one])), { kind: 'nothing' });
  t.match(plan(undefined, text([])), { kind: 'reload', reasons: [/not known/] });
  t.same(plan(text([]), text([], 'backend b')), { kind: 'reload', reasons: ['+ backend b'] });
  t.same(plan(text([], 'backend b'), text([])), { kind: 'reload', reasons: ['- backend b'] });
  t.same(plan(text([one], '  retries 2'), text([two], '  retries 3')), {
    kind: 'reload',
    reasons: ['backend a: - retries 2', 'backend a: + retries 3'],
  });
  t.match(plan(text([], '  a\n  b'), text([], '  b\n  a')), { reasons: ['backend a: the order of its lines'] });
  t.match(plan(text([]), { ...text([]), text: text([]).text.replace('description x', 'description y') }), {
    reasons: ['the order of sections'],
  });
  const many = plan(text([]), text([], Array.from({ length: 50 }, (_, i) => `  http-request deny ${i}`).join('\n')));
  t.match(many, { reasons: { length: 21, 20: 'and 30 more' } });
  t.end();
});

t.test('reasons hold no secrets', (t) => {
  const of = (hash: string, auth: string): Planned => ({
    text: `userlist u\n  user ann groups a password ${hash}\nfrontend f\n  stats auth ann:${auth}\n`,
    maps: [],
  });
  const planned = plan(of('hash-1', 'word-1'), of('hash-2', 'word-2'));
  t.match(planned, { kind: 'reload' });
  t.notMatch(JSON.stringify(planned), /hash-|word-/);
  t.end();
});

t.test('what a running process can be told', (t) => {
  const changes = (before: string[], after: string[], more = ''): unknown => {
    const found = plan(text(before, more), text(after, more));
    return found.kind === 'runtime' ? found.changes : found;
  };
  t.same(changes([one], [one, `${two} check inter 2s weight 5`]), [
    {
      kind: 'add-server',
      backend: 'a',
      server: 's2',
      endpoint: '10.0.0.2:80',
      words: ['check', 'inter', '2s', 'weight', '5'],
      isSticky: false,
    },
  ]);
  const withdrawn = { kind: 'withdraw-server', backend: 'a', server: 's1', endpoint: '10.0.0.1:80' };
  t.same(changes([one, two], [two]), [{ ...withdrawn, words: [], state: 'maint' }]);
  const cut = 'on-marked-down shutdown-sessions';
  t.match(changes([`${one} ${cut}`], []), [{ ...withdrawn, state: 'drain' }], 'its sessions are not cut');
  t.same(changes([one, two], [two, one]), [], 'their order does not matter');
  t.same(changes([one], [`${one} weight 7`]), [{ kind: 'set-weight', backend: 'a', server: 's1', weight: 7 }]);
  t.same(changes([`${one} weight 7`], [one]), [{ kind: 'set-weight', backend: 'a', server: 's1', weight: 1 }]);
  t.same(changes([one], [`${one} disabled`]), [{ kind: 'set-state', backend: 'a', server: 's1', state: 'maint' }]);
  t.same(changes([`${one} disabled`], [one]), [{ kind: 'set-state', backend: 'a', server: 's1', state: 'ready' }]);
  t.same(changes([one], ['s1 10.0.0.9:81']), [
    { kind: 'set-address', backend: 'a', server: 's1', endpoint: '10.0.0.9:81' },
  ]);
  t.same(plan(text([one]), text([one], '# remark')), { kind: 'runtime', changes: [] }, 'remarks change nothing');

  t.test('settings that hold for the backend', (t) => {
    const inherited = '  default-server inter 3s weight 9';
    const added = (defaults: string, section: string): unknown => {
      const of = (servers: string): Planned => ({
        text: `defaults\n${defaults}\nbackend a\n${section}\n${servers}`,
        maps: [],
      });
      const found = plan(of(''), of(`  server ${two} check`));
      return found.kind === 'runtime' ? found.changes : found;
    };
    t.match(added(inherited, '  default-server rise 4'), [
      { words: ['inter', '3s', 'weight', '9', 'rise', '4', 'check'], isSticky: false },
    ]);
    t.match(added('', '  cookie X insert indirect nocache dynamic'), [{ isSticky: true }]);
    t.match(added('  balance source', ''), { kind: 'reload', reasons: [/balance source/] });
    t.match(added('  balance source\n  hash-type consistent', ''), [{ kind: 'add-server' }]);
    t.match(added('  balance source', '  balance leastconn'), [{ kind: 'add-server' }], 'the section says otherwise');
    t.match(added('', '  balance static-rr'), { kind: 'reload' });
    t.match(added('', '  balance first'), { kind: 'reload' });
    t.end();
  });

  t.test('words that HAProxy does not take at run time', (t) => {
    for (const [words, why] of [
      ['cookie x', /cookie cannot be given/],
      ['check resolvers dns', /resolvers cannot be given/],
      ['sni "str(a b)"', /cannot be written in a command/],
      ['check inter $TIME', /cannot be written in a command/],
      ['check inter', /cannot be given/],
    ] as const) {
      t.match(plan(text([one]), text([one, `${two} ${words}`])), { kind: 'reload', reasons: [why] }, words);
    }
    t.match(plan(text([]), text(['s3 localhost:80'])), { reasons: [/localhost:80 is not an address and port/] });
    t.match(plan(text([one]), text([`${one} check`])), {
      reasons: [`backend a: - server ${one}`, `backend a: + server ${one} check`],
    });
    t.match(plan(text([]), text([one, one])), { reasons: [/two servers of one name/] });
    t.match(plan(text([one], '.if 1'), text([one, two], '.if 1')), { reasons: [/conditions/] });
    t.end();
  });

  t.test('maps', (t) => {
    const map = (entries: Record<string, string>): Planned => ({
      text: 'frontend f\n  use_backend %[base,map_beg(/maps/h)]\n',
      maps: [
        { path: '/maps/h', entries: new Map(Object.entries(entries)) },
        { path: '/maps/unused', entries: new Map(Object.entries(entries)) },
      ],
    });
    t.same(plan(map({ a: 'x' }), map({ a: 'x' })), { kind: 'nothing' });
    t.same(plan(map({ a: 'x', b: 'x', c: 'x' }), map({ a: 'y', c: 'x', d: 'x' })), {
      kind: 'runtime',
      changes: [
        {
          kind: 'change-map',
          file: '/maps/h',
          entries: new Map([
            ['a', 'y'],
            ['d', 'x'],
            ['b', null],
          ]),
        },
      ],
    });
    t.end();
  });
  t.end();
});

t.test('a plan of runtime changes leads to the same servers, whatever the texts', (t) => {
  const server = fc.record({
    weight: fc.option(fc.integer({ min: 0, max: 256 })),
    disabled: fc.boolean(),
    port: fc.integer({ min: 1, max: 3 }),
  });
  const cluster = fc.dictionary(
    fc.constantFrom('a', 'b', 'c', 'd'),
    fc.dictionary(fc.constantFrom('s', 't', 'u'), server),
  );
  type Cluster = Record<string, Record<string, { weight: number | null; disabled: boolean; port: number }>>;
  const write = (of: Cluster): Planned => {
    const lines = ['defaults', '  mode tcp'];
    for (const name of ['a', 'b', 'c', 'd']) {
      lines.push('', `# ${name}`, `backend ${name}`, '  balance roundrobin');
      for (const [id, { weight, disabled, port }] of Object.entries(of[name] ?? {})) {
        const words = [weight === null ? '' : ` weight ${weight}`, disabled ? ' disabled' : ''];
        lines.push(`  server ${id} 10.0.0.1:${port}${words.join('')}`);
      }
    }
    return { text: lines.join('\n'), maps: [] };
  };
  const state = (of: Cluster): Map<string, string> =>
    new Map(
      Object.entries(of).flatMap(([backend, servers]) =>
        Object.entries(servers).map(([id, { weight, disabled, port }]) => [
          `${backend}/${id}`,
          `10.0.0.1:${port} ${weight ?? 1} ${String(disabled)}`,
        ]),
      ),
    );
  fc.assert(
    fc.property(cluster, cluster, (before, after) => {
      const found = plan(write(before), write(after));
      if (found.kind === 'nothing') {
        assert.deepEqual(new Map([...state(before)].sort()), new Map([...state(after)].sort()));
        return;
      }
      assert.equal(found.kind, 'runtime');
      const now = state(before);
      for (const change of found.kind === 'runtime' ? found.changes : []) {
        if (change.kind === 'change-map') continue;
        const key = `${change.backend}/${change.server}`;
        const [endpoint, weight, disabled] = now.get(key)?.split(' ') ?? [];
        switch (change.kind) {
          case 'add-server': {
            const read = readServerWords(change.words);
            now.set(key, `${change.endpoint} ${read.weight} ${String(read.disabled)}`);
            break;
          }
          case 'withdraw-server':
            now.delete(key);
            break;
          case 'set-address':
            now.set(key, `${change.endpoint} ${weight} ${disabled}`);
            break;
          case 'set-weight':
            now.set(key, `${endpoint} ${change.weight} ${disabled}`);
            break;
          case 'set-state':
            now.set(key, `${endpoint} ${weight} ${String(change.state === 'maint')}`);
        }
      }
      assert.deepEqual([...now].sort(), [...state(after)].sort());
    }),
    { numRuns: 300 },
  );
  t.pass();
  t.end();
});

t.test('what can be in force before a reload', (t) => {
  const of = (body: string, entries: Record<string, string> = {}): Planned => ({
    text: body,
    maps: [{ path: '/m', entries: new Map(Object.entries(entries)) }],
  });
  const running = of(
    'frontend f\n  bind :1\n\n# a\nbackend a\n  balance roundrobin\n  server s1 10.0.0.1:80\n\n# b\nbackend b\n',
    {
      h: 'a',
      g: 'a',
      x: 'a',
    },
  );
  const next = of(
    'frontend f\n  bind :2\n\nbackend a\n  balance roundrobin\n  server s2 10.0.0.2:80\n\nbackend b\n  retries 3\n  server s4 10.0.0.1:9\n\nbackend c\n  server s3 10.0.0.3:80\n',
    { h: 'b', g: 'c', n: 'c', m: 'b' },
  );
  const meanwhile = withoutReload(running, next);
  t.equal(
    meanwhile.text,
    'frontend f\n  bind :1\n\n# a\nbackend a\n  balance roundrobin\n  server s2 10.0.0.2:80\n\n# b\nbackend b\n  server s4 10.0.0.1:9\n',
    'servers also of a backend whose other lines have to wait',
  );
  t.same(
    [...(meanwhile.maps[0]?.entries ?? [])],
    [
      ['h', 'b'],
      ['g', 'a'],
      ['m', 'b'],
    ],
  );
  t.equal(plan(running, meanwhile).kind, 'runtime');
  t.same(withoutReload(running, running), running);
  t.end();
});

t.test('from what a process says itself', (t) => {
  const known = text([one, two, 's5 10.0.0.5:80']);
  const next = text([one, `${two} weight 3`, 's3 10.0.0.3:80 check', 's5 10.0.0.5:80']);
  const server = (port: string, more: Partial<ActualServer> = {}): ActualServer => ({
    address: port,
    port: 80,
    told: 'ready',
    weight: 1,
    ...more,
  });
  const actual = (servers: Record<string, ActualServer>): ActualServers =>
    new Map([['a', new Map(Object.entries(servers))]]);
  const five = server('10.0.0.5', { told: 'drain' });
  t.same(
    reconcile(
      actual({ s1: server('10.0.0.1'), s2: server('10.0.0.2', { weight: 3 }), s3: server('10.0.0.3'), s5: five }),
      known,
      next,
    ),
    [],
    'one that was taken out by hand is left alone',
  );
  t.match(
    reconcile(
      actual({ s1: server('10.0.0.9'), s2: server('10.0.0.2'), s4: server('10.0.0.4'), s5: five }),
      known,
      next,
    ),
    [
      { kind: 'set-address', server: 's1', endpoint: '10.0.0.1:80' },
      { kind: 'set-weight', server: 's2', weight: 3 },
      { kind: 'add-server', server: 's3', words: ['check'] },
      { kind: 'withdraw-server', server: 's4', endpoint: '10.0.0.4:80' },
    ],
  );
  const back = reconcile(
    actual({
      s1: server('10.0.0.1'),
      s2: server('10.0.0.2', { weight: 3 }),
      s3: server('10.0.0.3', { told: 'maint' }),
      s5: five,
    }),
    known,
    next,
  );
  t.same(
    back,
    [{ kind: 'set-state', backend: 'a', server: 's3', state: 'ready' }],
    'one that was withdrawn is wanted again',
  );
  t.end();
});

t.test('when the next update may begin', (t) => {
  const idle = {
    changedAt: undefined,
    isPostponed: false,
    lastUpdate: undefined,
    lastReload: undefined,
    reloadBefore: undefined,
    failures: 0,
  };
  const next = (state: Partial<ScheduleState>): number | undefined => nextUpdateAt({ ...idle, ...state }, 1_000, 0);
  t.equal(next({}), undefined);
  t.equal(next({ changedAt: 1_000 }), 1_002, 'the first change is served at once');
  t.equal(next({ changedAt: 1_000, lastUpdate: { endedAt: 900, durationMs: 10 } }), 1_002);
  t.equal(next({ changedAt: 1_000, lastUpdate: { endedAt: 995, durationMs: 40 } }), 1_035, 'a storm is gathered');
  t.equal(next({ changedAt: 1_000, lastUpdate: { endedAt: 995, durationMs: 4_000 } }), 1_095, 'not for long');
  const reload = { startedAt: 500, durationMs: 100 };
  t.equal(next({ changedAt: 1_000, lastReload: reload, reloadBefore: { startedAt: 400 } }), 1_002);
  t.equal(next({ lastReload: reload }), undefined, 'nothing to do');
  t.equal(next({ isPostponed: true, lastReload: reload, reloadBefore: { startedAt: 400 } }), 2_400);
  const failing = { lastUpdate: { endedAt: 1_000, durationMs: 0 } };
  t.equal(next({ ...failing, failures: 1 }), 1_500, 'failures are tried again');
  t.equal(next({ ...failing, failures: 3 }), 3_000);
  t.equal(next({ ...failing, failures: 20 }), 31_000, 'with a bound');
  t.equal(next({ ...failing, failures: 3, changedAt: 1_100 }), 3_000, 'changes do not break the wait');
  t.end();
});

t.test('when HAProxy may be replaced', (t) => {
  const lastReload = { startedAt: 500, durationMs: 100 };
  t.equal(nextReloadAt({ lastReload: undefined, reloadBefore: undefined }, 1_000), -Infinity);
  t.equal(nextReloadAt({ lastReload, reloadBefore: undefined }, 1_000), 800, 'a second one may follow soon');
  t.equal(nextReloadAt({ lastReload, reloadBefore: { startedAt: 100 } }, 1_000), 2_100, 'two together keep 2 s');
  const slow = { startedAt: 500, durationMs: 2_000 };
  t.equal(nextReloadAt({ lastReload: slow, reloadBefore: undefined }, 1_000), 6_500, 'and three times their duration');
  const failed = (count: number): number =>
    nextReloadAt({ lastReload, reloadBefore: undefined, failedReload: { at: 1_000, count } }, 1_000);
  t.same([failed(1), failed(3), failed(20)], [2_000, 5_000, 61_000], 'more and more after failures, with a bound');
  t.end();
});

t.test('who is behind a line', (t) => {
  const model = {
    http: {
      bind: '',
      steps: [
        { kind: 'acl', tests: [{ name: 'rule_a', expression: '' }], from: { kind: 'rule', id: '/rule' }, backend: 'a' },
      ],
    },
    https: null,
    listeners: [{ name: 'port_1', bind: '', port: 1, mode: 'tcp', backend: 'a', app: '/listener' }],
    backends: [
      { name: 'a', mode: 'tcp', balance: 'leastconn', servers: [], auth: null, app: { kind: 'app', id: '/backend' } },
    ],
  } as unknown as RoutingModel;
  const lines = [
    'global',
    '  x',
    'frontend http',
    '  acl rule_a path /',
    '',
    'frontend port_1',
    '  bind',
    '# c',
    'backend a',
    '  server',
  ];
  const of = (...numbers: number[]): unknown => findCulprits(lines.join('\n'), numbers, model);
  t.same(of(4), [{ kind: 'rule', id: '/rule' }]);
  t.same(of(7, 7, 6), [{ kind: 'app', id: '/listener' }]);
  t.same(of(10), [{ kind: 'app', id: '/backend' }]);
  t.same(of(1, 2, 3, 99, 0), []);
  t.end();
});
