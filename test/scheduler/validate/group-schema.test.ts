import t from 'tap';
import { groupUpdateSchema } from '../../../src/scheduler/core/validate/group-schema.js';
import { maxNesting, readJson } from '../../../src/scheduler/core/validate/schema.js';

const nested = (levels: number): unknown =>
  JSON.parse('{"groups":['.repeat(levels) + '{"id":"leaf"}' + ']}'.repeat(levels));

t.test('apps and groups are read at every level', (t) => {
  const { value, problems } = readJson(groupUpdateSchema, {
    id: '/prod',
    enforceRole: true,
    pods: [{ id: 1 }],
    dependencies: ['/db', '/db'],
    groups: [{ id: 'web', apps: [{ id: 'a', cmd: null, bogus: 1 }], groups: [] }],
  });
  t.same(problems, []);
  t.same(value, {
    id: '/prod',
    groups: [{ id: 'web', apps: [{ id: 'a' }], groups: [] }],
    dependencies: ['/db'],
    enforceRole: true,
  });
  t.end();
});

t.test('violations are found wherever they are', (t) => {
  const { problems } = readJson(groupUpdateSchema, {
    scaleBy: -1,
    apps: [{ cmd: 'x' }],
    groups: [{ apps: [{ id: 'a' }, { id: 'b', cmd: 1, container: { volumes: [{}] } }] }, 'web'],
  });
  t.same(problems, [
    { path: '/apps(0)/id', error: 'error.path.missing' },
    { path: '/groups(0)/apps(1)/cmd', error: 'error.expected.jsstring' },
    { path: '/groups(0)/apps(1)/container/volumes(0)/containerPath', error: 'error.path.missing' },
    { path: '/groups(1)', error: 'error.expected.jsobject' },
    { path: '/scaleBy', error: 'error.min' },
  ]);
  t.end();
});

t.test('nesting has a limit', (t) => {
  t.same(readJson(groupUpdateSchema, nested(maxNesting - 1)).problems, []);
  const tooDeep = '/groups(0)'.repeat(maxNesting);
  for (const levels of [maxNesting, 100_000]) {
    t.same(readJson(groupUpdateSchema, nested(levels)).problems, [
      { path: tooDeep, error: `must not be nested deeper than ${maxNesting} levels` },
    ]);
  }
  t.end();
});
