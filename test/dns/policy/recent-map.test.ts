import fc from 'fast-check';
import t from 'tap';
import { RecentMap } from '../../../src/dns/policy/recent-map.js';

t.test('keeps what was used last, and no more than twice as much', (t) => {
  const limit = 3;
  fc.assert(
    fc.property(fc.array(fc.nat(12), { maxLength: 200 }), (keys) => {
      const map = new RecentMap<number>(limit);
      const used: number[] = [];
      for (const key of keys) {
        const recent = new Set(used.slice(-limit));
        const value = map.get(String(key));
        if (value !== undefined && value !== key) return false;
        if (value === undefined && recent.has(key)) return false;
        if (value === undefined) map.set(String(key), key);
        used.push(key);
        if (map.size > 2 * limit) return false;
      }
      return true;
    }),
    { numRuns: 200 },
  );
  t.end();
});
