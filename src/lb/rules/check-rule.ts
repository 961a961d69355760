import { parseAcl, serializeAcl } from './acl.js';
import { AclError } from './acl-words.js';
import { readRuleSettings } from './rule-settings.js';
import { checkRuleSize, RuleError } from './rule.js';
import type { Rule } from './rule.js';

/**
 * Why a rule would not be stored: its grammar, its settings, or what HAProxy has against its ACL alone (`checkAcl`); undefined when it
 * would be.
 */
export async function checkRule(
  rule: Rule,
  checkAcl: (expression: string) => Promise<string | undefined>,
): Promise<string | undefined> {
  try {
    checkRuleSize(rule);
    const expression = serializeAcl(parseAcl(rule.acl));
    readRuleSettings(rule);
    const problem = await checkAcl(expression);
    return problem === undefined ? undefined : `the ACL: ${problem}`;
  } catch (error) {
    if (error instanceof AclError) return `the ACL: ${error.message}`;
    if (error instanceof RuleError) return error.message;
    throw error;
  }
}
