import t from 'tap';
import { checkApp, idErrors, wrongKind } from '../../../src/ui/pages/edit/checks.js';
import { firstWrongTab, stillWrong } from '../../../src/ui/pages/edit/draft.js';
import { errorText, fieldAt, fieldErrors, placeOf } from '../../../src/ui/pages/edit/fields.js';
import { hasValidSegments } from '../../../src/common/path-id.js';
import { elementPath, memberPath } from '../../../src/scheduler/core/validate/violations.js';

t.test("Marathon's paths are read", (t) => {
  t.same(placeOf('/'), []);
  t.same(placeOf('/container/docker/image'), ['container', 'docker', 'image']);
  t.same(placeOf('/portDefinitions(12)/name'), ['portDefinitions', 12, 'name']);
  t.same(placeOf('(1)/mem'), [1, 'mem']);
  t.same(placeOf('/container/volumes(0)/external/options("dvdi/driver")'), [
    'container',
    'volumes',
    0,
    'external',
    'options',
    'dvdi/driver',
  ]);
  for (const name of ['A', 'a b', 'x/y', 'q"q', '(0)', 'ü']) {
    t.same(placeOf(elementPath(memberPath('/labels', name), 3)), ['labels', name, 3], name);
  }
  t.end();
});

t.test('each error stands beside the field that it is about', (t) => {
  const at = (path: string): string => {
    const found = fieldAt(placeOf(path));
    return found === undefined ? 'nowhere' : `${found.tab} ${found.field}`;
  };
  t.same(
    [
      '/id',
      '/cmd',
      '/container/docker/image',
      '/container/docker/parameters(1)/key',
      '/container/docker',
      '/networks',
      '/networks(0)/labels/x',
      '/portDefinitions(0)/name',
      '/portDefinitions',
      '/container/portMappings(2)/networkNames(0)',
      '/env/A',
      '/env/A/secret',
      '/labels/"a b"',
      '/healthChecks(0)/command/value',
      '/healthChecks(1)',
      '/container/volumes(0)/persistent/constraints(0)',
      '/constraints(3)',
      '/dependencies(0)',
      '/upgradeStrategy/minimumHealthCapacity',
      '/fetch(0)/uri',
      '/',
      '/apps(0)/cmd',
    ].map(at),
    [
      'general id',
      'general cmd',
      'docker container.docker.image',
      'docker container.docker.parameters.1.key',
      'docker container.docker',
      'docker networks',
      'docker networks',
      'ports portDefinitions.0.name',
      'ports portDefinitions',
      'ports container.portMappings.2',
      'env env.A',
      'env env.A',
      'labels labels.a b',
      'health healthChecks.0.command',
      'health healthChecks.1',
      'volumes container.volumes.0.persistent',
      'constraints constraints.3',
      'constraints dependencies.0',
      'optional upgradeStrategy.minimumHealthCapacity',
      'optional fetch.0.uri',
      'nowhere',
      'nowhere',
    ],
  );
  t.same(['/ports(1)', '/uris(0)', '/container/docker/network', '/container/docker/portMappings(0)/hostPort'].map(at), [
    'ports portDefinitions.1.port',
    'optional fetch.0.uri',
    'docker networks',
    'ports container.portMappings.0.hostPort',
  ]);
  t.end();
});

t.test('errors are counted by tab, said in words, and the rest is a list', (t) => {
  const errors = fieldErrors([
    { path: '/portDefinitions(0)/name', errors: ['error.pattern', "must fully match regular expression 'x'"] },
    { path: '/cpus', errors: ['error.expected.jsnumber'] },
    { path: '/cpus', errors: ['error.expected.jsnumber'] },
    { path: '/', errors: ['everything is wrong'] },
  ]);
  t.same(
    [...errors.byTab],
    [
      ['ports', 1],
      ['general', 1],
    ],
  );
  t.same(errors.byField.get('portDefinitions.0.name'), ["must fully match regular expression 'x'"]);
  t.same(errors.byField.get('cpus'), ['must be a number (error.expected.jsnumber)']);
  t.same(errors.others, [{ path: '/', errors: ['everything is wrong'] }]);
  t.equal(errorText('as it is'), 'as it is');
  t.equal(firstWrongTab([{ path: '/labels/x', errors: ['a'] }]), 'labels');
  t.equal(firstWrongTab([{ path: '/', errors: ['a'] }]), undefined);
  t.end();
});

t.test('an error goes when what it is about is edited, and those of the whole with any edit', (t) => {
  const errors = [
    { path: '/cpus', errors: ['a'] },
    { path: '/mem', errors: ['b'] },
    { path: '/', errors: ['c'] },
  ];
  t.same(stillWrong(errors, { cpus: 1, mem: 1 }, { cpus: 2, mem: 1 }), [errors[1]]);
  t.same(stillWrong(errors, { cpus: 1 }, { cpus: 1 }), errors);
  t.end();
});

const create = { mode: 'create' } as const;

t.test('an id is checked as the server does, no more', (t) => {
  for (const id of ['/a', 'a/b-c', 'a.b', '/x/../y', 'A', 'a_b', '-a', 'a-', '/a b', 'a..b', 'ü', '/.hidden', '1']) {
    t.equal(idErrors(id, true).length === 0, hasValidSegments(id), id);
  }
  t.same(idErrors('', false), []);
  t.same(idErrors('/', true).length, 1);
  t.match(idErrors('/a/restart', true)[0], /must not end in restart/);
  t.end();
});

t.test('numbers are checked where it is certain', (t) => {
  const paths = (app: Parameters<typeof checkApp>[0]): string[] => checkApp(app, create, true).map(({ path }) => path);
  t.same(
    paths({
      id: '/a',
      cpus: 'x',
      instances: 1.5,
      mem: -1,
      disk: null,
      upgradeStrategy: { minimumHealthCapacity: 'x' },
      portDefinitions: [{ port: 70_000 }, { port: 80 }],
      healthChecks: [{ intervalSeconds: 'soon' }],
    }),
    [
      '/cpus',
      '/mem',
      '/upgradeStrategy/minimumHealthCapacity',
      '/instances',
      '/portDefinitions(0)/port',
      '/healthChecks(0)/intervalSeconds',
    ],
  );
  t.same(paths({ id: '/a', cpus: 0.5, instances: 0 }), []);
  t.same(paths({}), ['/id']);
  t.same(checkApp({}, create, false), []);
  const edit = { mode: 'edit', kind: 'app', id: '/a' } as const;
  t.same(checkApp({ id: 'a' }, edit, true), []);
  t.same(checkApp({}, edit, true), []);
  t.match(checkApp({ id: '/b' }, edit, true), [{ path: '/id', errors: [/must stay \/a/] }]);
  t.end();
});

t.test('what is edited keeps its kind', (t) => {
  const edit = { mode: 'edit', kind: 'app', id: '/a' } as const;
  t.equal(wrongKind({ id: '/a' }, edit), undefined);
  t.match(wrongKind({ id: '/a', containers: [] }, edit), /a pod/);
  t.match(wrongKind([], edit), /a list of applications/);
  t.equal(wrongKind([], create), undefined);
  t.match(wrongKind('x', create), /JSON object/);
  t.end();
});
