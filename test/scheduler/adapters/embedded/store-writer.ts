// A process that writes to a store until it is killed, and says on stdout what was acknowledged. Each write puts one
// generation of `parts` records; a store that shows some but not all of a generation was torn.
import { writeSync } from 'node:fs';
import { silentLogger } from '../../../../src/common/logger.js';
import { openEmbeddedStore } from '../../../../src/scheduler/adapters/embedded/embedded-store.js';

const [directory = '', from = '0', parts = '1'] = process.argv.slice(2);
const store = await openEmbeddedStore(directory, silentLogger);
for (let next = Number(from); ; next += 4) {
  // four at a time, so that some wait and are joined
  await Promise.all(
    [0, 1, 2, 3].map(async (offset) => {
      const generation = next + offset;
      await store.write(
        Array.from({ length: Number(parts) }, (_, part) => ({
          key: `g${String(generation).padStart(8, '0')}/${part}`,
          value: { generation, filler: 'x'.repeat(200) },
        })),
      );
      writeSync(1, `${generation}\n`);
    }),
  );
}
