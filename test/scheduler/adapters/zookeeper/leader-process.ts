// A process that takes part in the election and, once elected, writes to the store until it is killed; it says on stdout what
// happens. Each write puts one generation of records; a store that shows some but not all of a generation was torn. A process that
// was deposed tries to write once more, as a process would that has not noticed.
import { writeSync } from 'node:fs';
import { silentLogger } from '../../../../src/common/logger.js';
import { startZooKeeperElection } from '../../../../src/scheduler/adapters/zookeeper/election.js';
import type { ZooKeeperLeadership } from '../../../../src/scheduler/adapters/zookeeper/election.js';
import { openZooKeeperStore } from '../../../../src/scheduler/adapters/zookeeper/zookeeper-store.js';
import { parseZooKeeperAddress } from '../../../../src/zookeeper/address.js';
import { openZooKeeper } from '../../../../src/zookeeper/client.js';

const [address = '', name = '', parts = '1', sessionTimeoutMs = '2000'] = process.argv.slice(2);
const { servers, path } = parseZooKeeperAddress(address);
const say = (line: string): void => void writeSync(1, `${line}\n`);

async function lead({ client, candidate }: ZooKeeperLeadership): Promise<void> {
  const store = await openZooKeeperStore({
    client,
    path,
    candidate,
    holder: name,
    checkpointAfter: { commits: 16, bytes: 1 << 20 },
    logger: silentLogger,
  });
  say(`epoch ${store.epoch}`);
  for (let n = 0; ; n++) {
    const generation = `g${String(store.epoch).padStart(4, '0')}-${String(n).padStart(6, '0')}`;
    await store.write(
      Array.from({ length: Number(parts) }, (_, part) => ({
        key: `${generation}/${part}`,
        value: { n, filler: 'x'.repeat(200) },
      })),
    );
    say(`wrote ${generation}`);
  }
}

startZooKeeperElection({
  open: () =>
    openZooKeeper({ servers, sessionTimeoutMs: Number(sessionTimeoutMs), logger: silentLogger, random: Math.random }),
  path,
  address: name,
  listener: {
    elected: (leadership) => {
      say('elected');
      lead(leadership).catch((error: unknown) => say(`failed ${(error as Error).name}: ${(error as Error).message}`));
    },
    deposed: (reason) => say(`deposed ${reason}`),
    leaderChanged: (leader) => say(`leader ${leader ?? ''}`),
  },
  logger: silentLogger,
  random: Math.random,
});
