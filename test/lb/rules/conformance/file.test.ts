import t from 'tap';
import { join } from 'node:path';
import { silentLogger } from '../../../../src/common/logger.js';
import { openRuleFile } from '../../../../src/lb/rules/file-rule-store.js';
import { ruleStoreSuite } from './rule-store-suite.js';

ruleStoreSuite(t, (directory) => ({
  open: (lastGoodPath, onChange) =>
    openRuleFile({ path: join(directory, 'rules.json'), lastGoodPath, logger: silentLogger, onChange }),
}));
