import t from 'tap';
import { groupWithBlanks, isServedIn, readGroups } from '../../../src/lb/labels/groups.js';

t.test('groups of a label', (t) => {
  t.same(readGroups('external'), ['external']);
  t.same(readGroups('internal,external'), ['internal', 'external']);
  t.same(readGroups('internal, external'), ['internal', ' external'], 'as with marathon-lb');
  t.same(readGroups(''), []);
  t.end();
});

t.test('who is served', (t) => {
  t.ok(isServedIn(['internal', 'external'], ['external']));
  t.notOk(isServedIn(['internal'], ['external']));
  t.notOk(isServedIn([], ['external']));
  t.ok(isServedIn([], ['*']));
  t.ok(isServedIn(['internal'], ['external', '*']));
  t.ok(isServedIn([], []), 'without a group wanted: those without a group');
  t.notOk(isServedIn(['internal'], []));
  t.end();
});

t.test('a blank that keeps a service away', (t) => {
  t.equal(groupWithBlanks(['internal', ' external'], ['external']), ' external');
  t.equal(groupWithBlanks(['internal', ' external'], ['internal']), undefined);
  t.end();
});
