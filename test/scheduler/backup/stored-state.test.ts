import t from 'tap';
import { silentLogger } from '../../../src/common/logger.js';
import { changeStoredState } from '../../../src/scheduler/backup/stored-state.js';
import type { StatePlace } from '../../../src/scheduler/backup/stored-state.js';
import { parseZooKeeperAddress } from '../../../src/zookeeper/address.js';
import { startZooKeeper, withoutZooKeeper } from '../../support/zookeeper.js';

t.test('a scheduler that takes the store away is named, in one line', { skip: withoutZooKeeper() }, async (t) => {
  const { hosts } = await startZooKeeper(t);
  const place: StatePlace = {
    workDir: '/nowhere',
    holder: 'this test',
    logger: silentLogger,
    zookeeper: {
      address: parseZooKeeperAddress(`zk://${hosts}/marathon`),
      sessionTimeoutMs: 2_000,
      requestTimeoutMs: 2_000,
      compression: { enabled: true, thresholdBytes: 1024 },
      maxConcurrency: 32,
    },
  };
  const change = { mustExist: false };
  const write = [{ key: 'framework-id', value: 'mine' }];
  const beaten = changeStoredState(place, change, async (store) => {
    await changeStoredState(place, change, () => Promise.resolve());
    await store.write(write);
  });
  await t.rejects(beaten, {
    name: 'StartupError',
    message: /^zk:\/\/\S+\/marathon: a scheduler was started meanwhile and has taken the store\. Stop all/,
  });
  t.equal(await changeStoredState(place, change, (store) => store.get('framework-id')), undefined);
});
