import fc from 'fast-check';
import t from 'tap';
import { InstanceTallies } from '../../../src/scheduler/core/instance-tallies.js';
import type { Standing, Tally } from '../../../src/scheduler/core/instance-tallies.js';

const running: Standing = {
  ending: false,
  leaving: false,
  parked: false,
  active: true,
  kept: true,
  awaited: false,
  healthy: true,
  up: true,
};
const instance = (id: string, version = 'v1') => ({ id, appId: '/a', appVersion: version });

t.test('instances count for all that they are', (t) => {
  const tallies = new InstanceTallies();
  tallies.set(instance('i1'), running);
  tallies.set(instance('i2'), { ...running, up: false });
  tallies.set(instance('i3'), { ...running, kept: false, healthy: false, up: false, ending: true, leaving: true });
  tallies.set(instance('i4'), { ...running, healthy: false, up: false, awaited: true });
  const tally: Tally = {
    total: 4,
    ending: 1,
    leaving: 1,
    parked: 0,
    active: 4,
    kept: 3,
    awaited: 1,
    healthy: 2,
    up: 1,
  };
  t.same(tallies.of('/a'), tally);
  t.end();
});

t.test('versions are counted apart', (t) => {
  const tallies = new InstanceTallies();
  tallies.set(instance('i1', 'v1'), running);
  tallies.set(instance('i2', 'v2'), running);
  tallies.set(instance('i3', 'v3'), { ...running, healthy: false });
  const { before, from } = tallies.split('/a', 'v2');
  t.same([before.total, before.healthy, from.total, from.healthy], [1, 1, 2, 1]);
  t.same(tallies.versionsOf('/a'), ['v1', 'v2', 'v3']);
  tallies.set(instance('i1'), undefined);
  t.same(tallies.versionsOf('/a'), ['v2', 'v3'], 'what has no instance is forgotten');
  t.equal(tallies.of('/b').total, 0);
  t.end();
});

t.test('what has not changed is told', (t) => {
  const tallies = new InstanceTallies();
  t.equal(tallies.set(instance('i'), undefined), undefined, 'an unknown instance is gone');
  t.ok(tallies.set(instance('i'), running));
  t.equal(tallies.set(instance('i'), { ...running }), undefined);
  t.ok(tallies.set(instance('i', 'v2'), running), 'another version is a change');
  t.end();
});

t.test('the counts are those of a census, also after changes were taken back', (t) => {
  const bool = fc.boolean();
  const standing = fc.record({
    ending: bool,
    leaving: bool,
    parked: bool,
    active: bool,
    kept: bool,
    awaited: bool,
    healthy: bool,
    up: bool,
  });
  const change = fc.record({
    id: fc.constantFrom('i1', 'i2', 'i3', 'i4'),
    version: fc.constantFrom('v1', 'v2'),
    standing: fc.option(standing, { nil: undefined }),
    isKept: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
      const tallies = new InstanceTallies();
      const now = new Map<string, { version: string; standing: Standing }>();
      for (const { id, version, standing, isKept } of changes) {
        const undo = tallies.set(instance(id, version), standing);
        if (!isKept) undo?.();
        else if (standing === undefined) now.delete(id);
        else now.set(id, { version, standing });
      }
      return ['v1', 'v2', 'v3'].every((version) => {
        const expected = new InstanceTallies();
        for (const [id, known] of now) expected.set(instance(id, known.version), known.standing);
        const split = (of: InstanceTallies): string => JSON.stringify([of.split('/a', version), of.of('/a')]);
        return split(tallies) === split(expected);
      });
    }),
    { numRuns: 300 },
  );
  t.end();
});
