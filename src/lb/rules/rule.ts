import { hasValidSegments, resolvePathId } from '../../common/path-id.js';
import type { PathId } from '../../common/path-id.js';

/** A stored rule: which requests of the HTTP frontend go to an app. Bamboo calls it a service. */
export interface Rule {
  /** The app. */
  readonly id: PathId;
  /** The test as it was written; `parseAcl` says whether it can be used. */
  readonly acl: string;
  /** All that Bamboo's second form holds (`Config`), in its order, with keys that Bamboo does not know; absent for its first form. */
  readonly config?: Readonly<Record<string, string>>;
}

/** What the keys of `config` mean here, besides `Acl`; each may be absent. */
export interface RuleSettings {
  /** `Priority`: the higher goes first; default 0. */
  readonly priority: number;
  /** `Servers`: `address:port` or `host:port`, comma-separated, instead of an app's instances; empty = the app named by `id`. */
  readonly servers: readonly string[];
  /** `Port`: index of the app's port; null = the first TCP port. */
  readonly portIndex: number | null;
}

/** A rule, a body or a file that cannot be taken as it is; the message is for the person who wrote it. */
export class RuleError extends Error {
  override readonly name = 'RuleError';
}

/** The app id of a rule in its absolute form. Throws RuleError when it cannot be the id of an app. */
export function readRuleId(text: string): PathId {
  const id = resolvePathId(text);
  if (id === '/') throw new RuleError('can not use empty ID');
  if (id.length > 255 || !hasValidSegments(id)) throw new RuleError(`${JSON.stringify(text)} is not the id of an app`);
  return id;
}

/** A rule takes some hundred bytes; what is longer is a mistake, or an attempt. */
const maxRuleBytes = 16_384;
const maxConfigKeys = 100;

/** Throws RuleError when a rule is too large to be kept. */
export function checkRuleSize({ id, acl, config = {} }: Rule): void {
  const entries = Object.entries(config);
  if (entries.length > maxConfigKeys) throw new RuleError(`Config has more than ${maxConfigKeys} keys`);
  const texts = [id, acl, ...entries.flat()];
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (bytes > maxRuleBytes) throw new RuleError(`a rule of ${bytes} bytes: at most ${maxRuleBytes} are taken`);
}

/** What a rule's `Config` holds in Bamboo's second form, whichever form it was given in. */
export function configOf({ acl, config }: Pick<Rule, 'acl' | 'config'>): Readonly<Record<string, string>> {
  return config ?? { Acl: acl };
}

/** Whether two rules say the same; the form and the order of the keys of `config` say nothing. */
export function isSameRule(a: Rule, b: Rule): boolean {
  if (a === b) return true;
  if (a.id !== b.id || a.acl !== b.acl) return false;
  const [left, right] = [Object.entries(configOf(a)), configOf(b)];
  return (
    left.length === Object.keys(right).length &&
    left.every(([key, value]) => Object.hasOwn(right, key) && right[key] === value)
  );
}

/** Rules by id, with the objects of `before` for those that are as they were: whoever compares by identity sees what has changed. */
export function rulesById(list: Iterable<Rule>, before: ReadonlyMap<PathId, Rule>): Map<PathId, Rule> {
  const rules = new Map<PathId, Rule>();
  for (const rule of list) {
    const known = before.get(rule.id);
    rules.set(rule.id, known !== undefined && isSameRule(known, rule) ? known : rule);
  }
  return rules;
}
