import t from 'tap';
import { defaultWorkers } from '../../../src/dns/workers/default-workers.js';

t.test('one per core, within bounds; none beside the process itself where there is one core', async (t) => {
  t.strictSame([1, 2, 8, 64, 192].map(defaultWorkers), [0, 2, 8, 64, 64]);
  t.ok(Number.isInteger(defaultWorkers()));
});
