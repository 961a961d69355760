import fc from 'fast-check';
import type { NameData, ZoneChange } from '../../../src/dns/served/zone-change.js';

const labels = ['a', 'web', 'x1', '_web', '_tcp', 'slave', `long-${'l'.repeat(40)}`];

/** A name of few labels, so that names meet often, below `domain`; sometimes elsewhere. */
export function someName(domain: string): fc.Arbitrary<string> {
  const below = fc
    .array(fc.constantFrom(...labels), { minLength: 1, maxLength: 3 })
    .map((parts) => [...parts, domain].join('.'));
  return fc.oneof({ weight: 9, arbitrary: below }, { weight: 1, arbitrary: fc.constantFrom('elsewhere', domain) });
}

function many<T>(item: fc.Arbitrary<T>, selector: (item: T) => unknown): fc.Arbitrary<T[]> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.uniqueArray(item, { maxLength: 3, selector }) },
    { weight: 1, arbitrary: fc.uniqueArray(item, { maxLength: 90, selector, size: 'max' }) },
  );
}

/** All records of a name: at least one, and of each type none, a few, or more than fit into a message. */
export function someData(domain: string): fc.Arbitrary<NameData> {
  const octet = fc.nat(255);
  const a = many(
    fc.tuple(octet, octet).map(([x, y]) => `10.0.${x}.${y}`),
    (address) => address,
  );
  const aaaa = many(
    fc.nat(0xffff).map((group) => (group === 0 ? 'fd00::' : `fd00::${group.toString(16)}`)),
    (address) => address,
  );
  const srv = many(fc.tuple(someName(domain), fc.integer({ min: 1, max: 0xffff })), String);
  return fc
    .record({ a, aaaa, srv }, { requiredKeys: [] })
    .map((data): NameData => Object.fromEntries(Object.entries(data).filter(([, list]) => list.length > 0)) as NameData)
    .filter((data) => Object.keys(data).length > 0);
}

/** A change of a zone: names that come, change or go, and now and then something else. */
export function someChange(domain: string): fc.Arbitrary<ZoneChange> {
  const name = someName(domain);
  return fc.record<ZoneChange>({
    names: fc.array(fc.tuple(name, fc.option(someData(domain), { freq: 3, nil: null })), { maxLength: 12 }),
    reasons: fc.array(fc.tuple(name, fc.option(fc.constant('nobody is healthy'), { nil: null })), { maxLength: 2 }),
    serial: fc.nat(0xffffffff),
    synced: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    staleSinceMs: fc.oneof(
      { weight: 9, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.constant(1_700_000_000_000) },
    ),
  });
}
