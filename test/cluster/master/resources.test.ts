import fc from 'fast-check';
import t from 'tap';
import {
  resourceQuantities,
  resourcesText,
  resourceTotals,
  wireResources,
} from '../../../src/cluster/resource-forms.js';
import type { Resources } from '../../../src/cluster/resources.js';
import {
  addResources,
  containsResources,
  InvalidResourcesError,
  isAllocatable,
  parseResources,
  resourcesForRole,
  subtractResources,
} from '../../../src/cluster/resources.js';
import type { Resource } from '../../../src/mesos/types.js';

const scalar = (name: string, value: number, more: object = {}): Resource => ({
  name,
  type: 'SCALAR',
  scalar: { value },
  ...more,
});
const ports = (...ranges: [number, number][]): Resource => ({
  name: 'ports',
  type: 'RANGES',
  ranges: { range: ranges.map(([begin, end]) => ({ begin, end })) },
});
const text = (resources: Resources): string => resourcesText(resources, '*');

t.test('arithmetic is exact to the thousandth', async (t) => {
  const tenth = parseResources([scalar('cpus', 0.1)]);
  const fifth = parseResources([scalar('cpus', 0.2)]);
  t.equal(text(addResources(tenth, fifth)), 'cpus(allocated: *):0.3');
  t.equal(subtractResources(addResources(tenth, fifth), parseResources([scalar('cpus', 0.3)])).size, 0);
});

t.test('what is not there is not taken', async (t) => {
  const left = subtractResources(
    parseResources([scalar('cpus', 1)]),
    parseResources([scalar('cpus', 5), scalar('mem', 1)]),
  );
  t.equal(left.size, 0);
});

t.test('ranges are cut and joined', async (t) => {
  const all = parseResources([ports([31_000, 31_009])]);
  const cut = subtractResources(all, parseResources([ports([31_002, 31_003], [31_005, 31_005])]));
  t.equal(text(cut), 'ports(allocated: *):[31000-31001, 31004-31004, 31006-31009]');
  t.equal(text(addResources(cut, parseResources([ports([31_002, 31_005])]))).includes('[31000-31009]'), true);
  t.equal(containsResources(all, parseResources([ports([31_008, 31_010])])), false);
});

t.test('what cannot be resources is refused with its name', async (t) => {
  for (const wrong of [
    scalar('cpus', -1),
    { name: 'mem', type: 'SCALAR' } as Resource,
    ports([5, 4]),
    ports([1.5, 4]),
    { name: 'x', type: 'OTHER' } as unknown as Resource,
  ]) {
    t.throws(() => parseResources([wrong]), InvalidResourcesError);
  }
  t.throws(() => parseResources([scalar('ports', 1), ports([1, 2])]), /'ports' is both SCALAR and RANGES/);
});

t.test('reservations keep resources apart, in the old form and the new', async (t) => {
  const old = parseResources([scalar('cpus', 1, { role: 'dev' }), scalar('cpus', 2, { role: '*' })]);
  const refined = parseResources([
    scalar('cpus', 1, { reservations: [{ type: 'STATIC', role: 'dev' }] }),
    scalar('cpus', 2),
  ]);
  t.same([...old.keys()], [...refined.keys()]);
  t.equal(resourceTotals(resourcesForRole(old, 'ops'))['cpus'], 2);
  t.equal(resourceTotals(resourcesForRole(old, 'dev/web'))['cpus'], 3);
  t.same(wireResources(old, { allocatedTo: 'dev', withRole: false }), [
    scalar('cpus', 1, { allocation_info: { role: 'dev' }, reservations: [{ type: 'STATIC', role: 'dev' }] }),
    scalar('cpus', 2, { allocation_info: { role: 'dev' } }),
  ]);
  t.same(wireResources(old, { withRole: true, legacy: true }), [
    scalar('cpus', 1, { role: 'dev' }),
    scalar('cpus', 2, { role: '*' }),
  ]);
  t.same(wireResources(old, { withRole: true }), [
    scalar('cpus', 1, { role: 'dev', reservations: [{ type: 'STATIC', role: 'dev' }] }),
    scalar('cpus', 2, { role: '*' }),
  ]);
});

t.test('other forms', async (t) => {
  const some = parseResources([
    scalar('cpus', 0.5),
    ports([31_000, 31_001]),
    { name: 'x', type: 'SET', set: { item: ['b', 'a'] } },
  ]);
  t.same(resourceTotals(some), { disk: 0, mem: 0, gpus: 0, cpus: 0.5, ports: '[31000-31001]', x: '{a, b}' });
  t.same(resourceQuantities(some), { cpus: 0.5, ports: 2, x: 2 });
  t.equal(isAllocatable(parseResources([scalar('cpus', 0.009)])), false);
  t.equal(isAllocatable(parseResources([scalar('mem', 32)])), true);
});

t.test('taking and giving back changes nothing', async () => {
  const amount = fc.record({
    cpus: fc.integer({ min: 0, max: 5000 }),
    ranges: fc.array(fc.tuple(fc.nat(200), fc.nat(20)), { maxLength: 6 }),
  });
  const make = ({ cpus, ranges }: { cpus: number; ranges: [number, number][] }): Resources =>
    parseResources([scalar('cpus', cpus / 1000), ports(...ranges.map(([b, n]) => [b, b + n] as [number, number]))]);
  fc.assert(
    fc.property(amount, amount, (a, b) => {
      const whole = addResources(make(a), make(b));
      const rest = subtractResources(whole, make(b));
      const same = (x: Resources, y: Resources): boolean => containsResources(x, y) && containsResources(y, x);
      return (
        containsResources(whole, make(b)) &&
        containsResources(whole, rest) &&
        same(addResources(rest, make(b)), whole) &&
        same(addResources(make(b), rest), whole)
      );
    }),
  );
});
