import { messageOf } from '../../common/errors.js';
import { checkRuleSize, readRuleId, RuleError } from './rule.js';
import type { Rule } from './rule.js';

/** More rules than this are refused, so that a runaway client cannot grow the configuration without end. */
export const maxRules = 10_000;

/** Reads what a rule says in either of Bamboo's forms: `acl`, or `config` with `Acl` in it; `acl` counts where both are there. */
function readForm(acl: unknown, config: unknown, refuse: (why: string) => never): Pick<Rule, 'acl' | 'config'> {
  if (acl !== undefined && typeof acl !== 'string') return refuse('.acl is not a text');
  if (config === undefined || config === null) return acl === undefined ? refuse('.acl is not a text') : { acl };
  if (typeof config !== 'object' || Array.isArray(config)) return refuse('.config is not an object');
  const entries = Object.entries(config).map(([key, value]: [string, unknown]): [string, string] => {
    return typeof value === 'string' ? [key, value] : refuse(`.config.${key} is not a text`);
  });
  const texts = Object.fromEntries(entries);
  const inConfig = Object.hasOwn(texts, 'Acl') ? texts['Acl'] : undefined;
  const text = acl === undefined || acl === '' ? inConfig : acl;
  return text === undefined ? refuse('.config.Acl is not a text') : { acl: text, config: { ...texts, Acl: text } };
}

/**
 * Reads the text of a rules file: `{"rules": [{"id": "/app", "acl": "hdr(host) -i app.local"}, …]}`, where an entry may have
 * Bamboo's second form, too: `{"id": "/app", "config": {"Acl": "…", "Priority": "5"}}`. Whether an ACL can be used is not judged
 * here, so that one bad rule does not hide the others. Throws RuleError on any other shape.
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
    const refuse = (why: string): never => {
      throw new RuleError(`rules[${index}]${why}`);
    };
    if (typeof entry !== 'object' || entry === null) return refuse(' is not an object');
    const { id, acl, config } = entry as { id?: unknown; acl?: unknown; config?: unknown };
    if (typeof id !== 'string') return refuse('.id is not a text');
    let ruleId: string;
    try {
      ruleId = readRuleId(id);
    } catch (error) {
      return refuse(`.id: ${messageOf(error)}`);
    }
    const rule: Rule = { id: ruleId, ...readForm(acl, config, refuse) };
    try {
      checkRuleSize(rule);
    } catch (error) {
      return refuse(`: ${messageOf(error)}`);
    }
    if (seen.has(ruleId)) return refuse(`: there is a rule for ${ruleId} already`);
    seen.add(ruleId);
    return rule;
  });
}

/** The text of a rules file; one rule a line, so that it is pleasant to edit and to compare. */
export function formatRulesFile(rules: Iterable<Rule>): string {
  const lines = [...rules].map(({ id, acl, config }) => `    ${JSON.stringify(config ? { id, config } : { id, acl })}`);
  return lines.length === 0 ? '{\n  "rules": []\n}\n' : `{\n  "rules": [\n${lines.join(',\n')}\n  ]\n}\n`;
}
