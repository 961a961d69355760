import t from 'tap';
import type { RuntimeChange } from '../../../src/lb/plan/runtime-change.js';
import { ChangeRecords } from '../../../src/lb/update/change-records.js';
import { changeWords, failureText } from '../../../src/lb/update/change-words.js';

t.test('the last hundred changes, the newest first', (t) => {
  let generation: string | undefined;
  const records = new ChangeRecords(() => generation);
  t.same(records.changes, []);
  generation = 'a';
  records.reload('restart', { reasons: ['HAProxy was not running'], durationMs: 12.34 });
  records.reload('reload', { reasons: ['+ backend b'], durationMs: 80 });
  generation = 'b';
  records.runtime([{ kind: 'set-weight', backend: 'b', server: 's', weight: 3 }], 1.26);
  t.match(records.changes, [
    { kind: 'runtime', durationMs: 1.3, reasons: ['set server b/s weight 3'], generation: 'b' },
    { kind: 'reload', durationMs: 80, reasons: ['+ backend b'], generation: 'a' },
    { kind: 'restart', durationMs: 12.3, reasons: ['HAProxy was not running'], generation: 'a' },
  ]);
  t.match(records.lastReload, { durationMs: 80, reasons: ['+ backend b'] });
  t.match(records.lastRuntimeChange, { changes: 1, durationMs: 1.3 });
  t.same(records.counts, { reloads: 2, runtimeChanges: 1 });

  const before = records.newest;
  records.runtime([], 1);
  t.equal(records.newest, before, 'other remarks in the text are no change');
  for (let n = 1; n <= 150; n += 1) records.reload('reload', { reasons: [String(n)], durationMs: n });
  t.equal(records.changes.length, 100);
  t.same(records.changes[0]?.reasons, ['150']);
  t.same(records.changes.at(-1)?.reasons, ['51']);
  t.end();
});

t.test('what fails in the same way stands there once', (t) => {
  const records = new ChangeRecords(() => undefined);
  records.failed('line 3: no\nline 4: no\n');
  const first = records.newest;
  records.failed('line 3: no\nline 4: no');
  t.equal(records.changes.length, 1);
  t.not(records.newest, first, 'and it is seen that it was tried again');
  t.match(records.newest, { reasons: ['line 3: no', 'line 4: no'], durationMs: null, generation: null });
  records.failed('line 5: no');
  records.failed('line 3: no\nline 4: no');
  t.equal(records.changes.length, 3);
  t.equal(records.lastReload, undefined);
  t.end();
});

t.test('what HAProxy was told, in words', (t) => {
  const server = { backend: 'b', server: 's' };
  const changes: RuntimeChange[] = [
    { kind: 'add-server', ...server, endpoint: '10.0.0.1:31000', words: ['check', 'weight', '3'], isSticky: false },
    { kind: 'withdraw-server', ...server, endpoint: '10.0.0.1:31000', words: [], state: 'maint' },
    { kind: 'set-state', ...server, state: 'drain' },
    { kind: 'set-weight', ...server, weight: 7 },
    { kind: 'set-address', ...server, endpoint: '10.0.0.2:31000' },
    {
      kind: 'change-map',
      file: '/var/lb/maps/hostPath.map',
      entries: new Map([
        ['a.example/', 'web'],
        ['b.example/', null],
      ]),
    },
  ];
  t.same(changeWords(changes), [
    'add server b/s 10.0.0.1:31000 check weight 3',
    'set server b/s state maint',
    'set server b/s state drain',
    'set server b/s weight 7',
    'set server b/s addr 10.0.0.2:31000',
    'set map hostPath.map a.example/ web',
    'del map hostPath.map b.example/',
  ]);
  const many = new Map(Array.from({ length: 5_000 }, (_, n) => [`h${n}/`, 'x'.repeat(2_000)]));
  const words = changeWords([{ kind: 'change-map', file: 'm', entries: many }]);
  t.equal(words.length, 20);
  t.equal(words.at(-1), 'and 4981 more');
  t.ok(words.every((line) => line.length <= 500));
  const twenty = new Map([...many].slice(0, 20));
  t.match(changeWords([{ kind: 'change-map', file: 'm', entries: twenty }]).at(-1), /^set map m h19/);
  t.end();
});

t.test('no secrets, whatever a template or HAProxy says', (t) => {
  const records = new ChangeRecords(() => undefined);
  records.failed('line 3: stats auth admin:hunter2');
  records.reload('reload', { reasons: ['userlist u: + user ann password $5$salt$hash'], durationMs: 1 });
  t.notMatch(JSON.stringify(records.changes), /hunter2|\$5\$/);
  t.match(JSON.stringify(records.changes), /redacted/);
  t.equal(
    failureText({ kind: 'ports-taken', ports: [{ host: '0.0.0.0', port: 80, reason: 'in use by another program' }] }),
    'port 80: in use by another program',
  );
  t.end();
});
