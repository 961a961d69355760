import t from 'tap';
import { defaultWorkers } from '../../../src/dns/workers/default-workers.js';

t.test('one per core, within bounds', async (t) => {
  t.strictSame([1, 2, 8, 64, 192].map(defaultWorkers), [1, 2, 8, 64, 64]);
  t.ok(Number.isInteger(defaultWorkers()));
});
