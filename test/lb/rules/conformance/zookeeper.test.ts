import t from 'tap';
import { silentLogger } from '../../../../src/common/logger.js';
import { openZooKeeperRules } from '../../../../src/lb/rules/zookeeper-rule-store.js';
import { parseZooKeeperAddress } from '../../../../src/zookeeper/address.js';
import { startZooKeeper, withoutZooKeeper } from '../../../support/zookeeper.js';
import { ruleStoreSuite } from './rule-store-suite.js';

t.test('in ZooKeeper', { skip: withoutZooKeeper() }, async (t) => {
  const { hosts } = await startZooKeeper(t);
  let places = 0;
  for (const login of ['', 'bamboo:a:b/c@']) {
    await t.test(login === '' ? 'without a password' : 'with a password', (t) => {
      ruleStoreSuite(t, () => {
        const address = parseZooKeeperAddress(`zk://${login}${hosts}/bamboo/${++places}/state`);
        return {
          open: (keptPath, onChange) => openZooKeeperRules({ address, keptPath, logger: silentLogger, onChange }),
        };
      });
      t.end();
    });
  }
});
