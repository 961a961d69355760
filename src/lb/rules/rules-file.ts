import { messageOf } from '../../common/errors.js';
import { readRuleId, RuleError } from './rule.js';
import type { Rule } from './rule.js';

/** More rules than this are refused, so that a runaway client cannot grow the configuration without end. */
export const maxRules = 10_000;

/**
 * Reads the text of a rules file: `{"rules": [{"id": "/app", "acl": "hdr(host) -i app.local"}, …]}`. Whether an ACL can be
 * used is not judged here, so that one bad rule does not hide the others. Throws RuleError on any other shape.
 */
export function parseRulesFile(text: string): Rule[] {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (error) {
    throw new RuleError(`not JSON: ${messageOf(error)}`);
  }
  if (typeof file !== 'object' || file === null || !('rules' in file) || !Array.isArray(file.rules)) {
    throw new RuleError('not of the shape {"rules": [{"id": "/app", "acl": "…"}]}');
  }
  if (file.rules.length > maxRules) throw new RuleError(`more than ${maxRules} rules`);
  const seen = new Set<string>();
  return file.rules.map((entry: unknown, index): Rule => {
    if (typeof entry !== 'object' || entry === null) throw new RuleError(`rules[${index}] is not an object`);
    const { id, acl } = entry as { id?: unknown; acl?: unknown };
    if (typeof id !== 'string') throw new RuleError(`rules[${index}].id is not a text`);
    if (typeof acl !== 'string') throw new RuleError(`rules[${index}].acl is not a text`);
    let ruleId: string;
    try {
      ruleId = readRuleId(id);
    } catch (error) {
      throw new RuleError(`rules[${index}].id: ${messageOf(error)}`);
    }
    if (seen.has(ruleId)) throw new RuleError(`rules[${index}]: there is a rule for ${ruleId} already`);
    seen.add(ruleId);
    return { id: ruleId, acl };
  });
}

/** The text of a rules file; one rule a line, so that it is pleasant to edit and to compare. */
export function formatRulesFile(rules: Iterable<Rule>): string {
  const lines = [...rules].map(({ id, acl }) => `    ${JSON.stringify({ id, acl })}`);
  return lines.length === 0 ? '{\n  "rules": []\n}\n' : `{\n  "rules": [\n${lines.join(',\n')}\n  ]\n}\n`;
}
