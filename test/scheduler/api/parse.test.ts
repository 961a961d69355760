import fc from 'fast-check';
import t from 'tap';
import { ApiError } from '../../../src/scheduler/api/api-error.js';
import { parseAppPath } from '../../../src/scheduler/api/parse/app-path.js';
import { parseLabelSelector } from '../../../src/scheduler/api/parse/label-selector.js';
import { appEmbedsOf, flagOf } from '../../../src/scheduler/api/parse/query.js';
import { parseTimestamp } from '../../../src/scheduler/api/parse/timestamp.js';

/** The status of the ApiError that `parse` throws. */
function statusOf(parse: () => unknown): number | undefined {
  try {
    parse();
  } catch (error) {
    if (error instanceof ApiError) return error.status;
    throw error;
  }
  return undefined;
}

t.test('what a path below /v2/apps is about', (t) => {
  const cases: [string, ReturnType<typeof parseAppPath>][] = [
    ['a/b', { type: 'app', id: '/a/b' }],
    ['/a/b/', { type: 'app', id: '/a/b' }],
    ['tasks', { type: 'app', id: '/tasks' }],
    ['a/tasks', { type: 'tasks', id: '/a' }],
    ['a/tasks/b/tasks', { type: 'tasks', id: '/a/tasks/b' }],
    ['/a/tasks/t.1', { type: 'task', id: '/a', taskId: 't.1' }],
    ['a/restart', { type: 'restart', id: '/a' }],
    ['a/restart/b', { type: 'app', id: '/a/restart/b' }],
    ['a/versions', { type: 'versions', id: '/a' }],
    ['a/versions/x', { type: 'version', id: '/a', version: 'x' }],
    ['*', { type: 'appsOfGroup', group: '/' }],
    ['a/*', { type: 'appsOfGroup', group: '/a' }],
    ['a/*/tasks', { type: 'tasksOfGroup', group: '/a' }],
  ];
  for (const [path, expected] of cases) t.same(parseAppPath(path), expected, path);
  t.end();
});

t.test('label selectors', (t) => {
  const labels = { a: '1', 'b c': 'x,y', key: 'value' };
  const cases: [string, boolean][] = [
    ['a', true],
    ['nope', false],
    ['a==1', true],
    [' a == 2 ', false],
    ['a!=2', true],
    ['nope!=2', false],
    ['a in (1, 2)', true],
    ['a notin (1)', false],
    ['nope notin (1)', false],
    ['a, key==value', true],
    ['b\\ c==x\\,y', true],
    ['constructor', false],
    ['in', false],
    ['key in(value)', true],
  ];
  for (const [selector, expected] of cases) t.equal(parseLabelSelector(selector)(labels), expected, selector);
  for (const selector of ['', 'a=1', 'a==', 'a in', 'a in ()', 'a in (1', 'a b', 'a,', ')']) {
    t.equal(
      statusOf(() => parseLabelSelector(selector)),
      422,
      selector,
    );
  }
  fc.assert(
    fc.property(fc.string(), (text) => {
      statusOf(() => parseLabelSelector(text)(labels));
    }),
  );
  t.end();
});

t.test('flags, embeds, times', (t) => {
  t.equal(flagOf({ force: 'True' }, 'force', false), true);
  t.equal(flagOf({ force: ['FALSE', 'true'] }, 'force', true), false);
  t.equal(flagOf({}, 'force', true), true);
  t.same([...appEmbedsOf({ embed: ['app.failures', 'apps.apps.tasks'] }, ['counts'])].sort(), [
    'counts',
    'deployments',
    'lastTaskFailure',
    'tasks',
  ]);
  t.equal(parseTimestamp('2014-03-01T23:29:30.158Z'), '2014-03-01T23:29:30.158Z');
  t.equal(parseTimestamp('2014-03-01T23:29:30+01:00'), '2014-03-01T22:29:30.000Z');
  t.equal(parseTimestamp('2014-03-01T23:29'), '2014-03-01T23:29:00.000Z');
  for (const text of ['', 'latest', '2014-13-01T00:00:00Z', '2014']) {
    t.equal(
      statusOf(() => parseTimestamp(text)),
      422,
      text,
    );
  }
  t.end();
});
