import { join } from 'node:path';
import type { Logger } from '../../common/logger.js';
import { parseZooKeeperAddress } from '../../zookeeper/address.js';
import { openRuleFile } from './file-rule-store.js';
import type { RuleStore } from './rule-store.js';
import { openZooKeeperRules } from './zookeeper-rule-store.js';

export interface OpenRulesOptions {
  /** `zk://…/path` (`--rules_zk`); undefined = the file. */
  readonly zk: string | undefined;
  readonly file: string;
  /** Where the last good content of the file is kept. */
  readonly lastGoodPath: string;
  /** The role's directory. */
  readonly directory: string;
  readonly logger: Logger;
  readonly onChange: () => void;
}

/** Opens the rules where the options say they are. Throws UsageError for an address that is none. */
export async function openRules(options: OpenRulesOptions): Promise<RuleStore> {
  const { zk, file, lastGoodPath, directory, logger, onChange } = options;
  if (zk === undefined) return openRuleFile({ path: file, lastGoodPath, logger, onChange });
  const address = parseZooKeeperAddress(zk);
  return openZooKeeperRules({ address, keptPath: join(directory, 'rules.zookeeper.json'), logger, onChange });
}
