import t from 'tap';
import { parseAcl } from '../../../src/scheduler/api/access/parse-acl.js';

const password = `sha256:${'ab'.repeat(32)}`;
const parse = (acl: unknown, usersElsewhere = false): ReturnType<typeof parseAcl> =>
  parseAcl(typeof acl === 'string' ? acl : JSON.stringify(acl), { usersElsewhere });

t.test('a whole file', async (t) => {
  const { users, rules, warnings } = parse({
    users: { alice: { password, groups: ['ops'] }, bob: { password } },
    rules: [
      { group: 'ops', actions: ['view', 'update'], paths: ['/', '/prod/*'], system: ['config'] },
      { user: '*', actions: ['view'], paths: ['/prod/'] },
      { user: 'anonymous', actions: ['view'], system: ['events'] },
      { user: 'carol', actions: ['view'], paths: ['/c'] },
      { group: 'nobody', actions: ['view'], paths: ['/c'] },
    ],
  });
  t.same([...users.keys()], ['alice', 'bob']);
  t.same(users.get('alice')?.groups, ['ops']);
  t.same(rules.slice(0, 3), [
    {
      subject: { type: 'group', name: 'ops' },
      actions: ['view', 'update'],
      paths: [
        { id: '/', belowOnly: false },
        { id: '/prod', belowOnly: true },
      ],
      system: ['config'],
    },
    { subject: { type: 'everybody' }, actions: ['view'], paths: [{ id: '/prod', belowOnly: false }], system: [] },
    { subject: { type: 'anonymous' }, actions: ['view'], paths: [], system: ['events'] },
  ]);
  t.same(warnings, ["/rules(3): there is no user 'carol'", "/rules(4): nobody is in 'nobody'"]);
  t.same(parse({}).rules, []);
  t.same(parse({ users: { dave: {} }, rules: [{ user: 'erin', actions: ['view'], paths: ['/'] }] }, true).warnings, []);
});

t.test('what is wrong is told, with its place', async (t) => {
  const rule = { user: 'alice', actions: ['view'], paths: ['/'] };
  const rules = (change: object): unknown => ({ rules: [{ ...rule, ...change }] });
  const cases: readonly (readonly [unknown, RegExp])[] = [
    ['{"users"', /^not JSON/],
    ['[]', /^\/: not an object/],
    [{ user: {} }, /^\/: there is no member "user" \(there are users, rules\)/],
    [{ users: { alice: { password, admin: true } } }, /^\/users\/"alice": there is no member "admin"/],
    [{ users: { alice: {} } }, /^\/users\/"alice"\/password: there is none/],
    [{ users: { alice: { password: 'secret' } } }, /^\/users\/"alice"\/password: it is neither/],
    [{ users: { 'a:b': { password } } }, /^\/users\/"a:b": a name has neither/],
    [{ users: { '*': { password } } }, /has a meaning of its own/],
    [{ users: { anonymous: { password } } }, /has a meaning of its own/],
    [{ users: { a: { password, groups: 'ops' } } }, /^\/users\/"a"\/groups: not a list/],
    [{ users: { a: { password, groups: [1] } } }, /^\/users\/"a"\/groups\(0\): not a name/],
    [{ rules: {} }, /^\/rules: not a list/],
    [{ rules: [null] }, /^\/rules\(0\): not an object/],
    [rules({ user: undefined }), /^\/rules\(0\): it needs either 'user' or 'group'/],
    [rules({ group: 'ops' }), /^\/rules\(0\): it needs either 'user' or 'group'/],
    [rules({ path: ['/a'] }), /^\/rules\(0\): there is no member "path"/],
    [rules({ actions: [] }), /^\/rules\(0\)\/actions: it grants none/],
    [rules({ actions: ['see'] }), /^\/rules\(0\)\/actions\(0\): not one of view, create, update, delete/],
    [rules({ actions: 'view' }), /^\/rules\(0\)\/actions: not a list/],
    [rules({ paths: [] }), /^\/rules\(0\): it needs 'paths' or 'system'/],
    [rules({ paths: ['prod'] }), /^\/rules\(0\)\/paths\(0\): not a path/],
    [rules({ paths: ['/a/../b'] }), /is not the path of an app/],
    [rules({ paths: ['/a/*/b'] }), /is not the path of an app/],
    [rules({ paths: ['/Prod'] }), /is not the path of an app/],
    [rules({ paths: [`/${'a/'.repeat(600)}`] }), /longer than 1024/],
    [rules({ system: ['everything'] }), /^\/rules\(0\)\/system\(0\): not one of config/],
  ];
  for (const [acl, reason] of cases) {
    t.throws(() => parse(acl), { name: 'AclError', message: reason }, JSON.stringify(acl));
  }
  t.throws(() => parse('{"users":{"a":{"password":"hunter2"'), { message: /^(?!.*hunter2)/ }, 'is not quoted');
  t.throws(() => parse('hunter2'), { message: /^(?!.*hunter2)/ }, 'is not quoted');
});
