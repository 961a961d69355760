import { checkRule } from './check-rule.js';
import { pastRule } from './rule-history.js';
import type { RuleChange, RuleHistory } from './rule-history.js';
import type { Rule } from './rule.js';
import { RuleConflictError } from './rule-store.js';
import type { RuleStore, SeenRule } from './rule-store.js';

/** A rule that could be stored, but never be in force. */
export class UnusableRuleError extends Error {
  override readonly name = 'UnusableRuleError';
}

export interface RuleEditorOptions {
  readonly store: RuleStore;
  readonly history: RuleHistory;
  /** What HAProxy has against a serialised ACL; undefined when it is fine. */
  readonly checkAcl: (expression: string) => Promise<string | undefined>;
}

/** Changes rules for those who ask for it: what cannot be used is refused before it is stored, and each change is noted with its author. */
export class RuleEditor {
  readonly #store: RuleStore;
  readonly #history: RuleHistory;
  readonly #checkAcl: RuleEditorOptions['checkAcl'];

  constructor({ store, history, checkAcl }: RuleEditorOptions) {
    this.#store = store;
    this.#history = history;
    this.#checkAcl = checkAcl;
  }

  /** Throws UnusableRuleError, and what the store throws. */
  async put(rule: Rule, by: string): Promise<void> {
    await this.#put(rule, by);
  }

  /** False when there was none. Throws what the store throws. */
  async remove(id: string, by: string): Promise<boolean> {
    return this.#history.of({ id, after: undefined, by }, () => this.#store.remove(id));
  }

  /**
   * Takes back a change: what was there before it is there again. Throws RuleConflictError when the rule has been changed since,
   * unless `force` is given.
   */
  async revert({ n, id, before, after }: RuleChange, by: string, force: boolean): Promise<void> {
    const rule = pastRule(id, before);
    const seen = force ? undefined : pastRule(id, after);
    try {
      if (rule !== null) await this.#put(rule, by, { seen, reverts: n });
      else {
        const intent = { id, after: undefined, by, reverts: n };
        await this.#history.of(intent, () => this.#store.remove(id, seen));
      }
    } catch (error) {
      if (!(error instanceof RuleConflictError)) throw error;
      throw new RuleConflictError(`${error.message}: change ${n} is not taken back (force=true does it all the same)`);
    }
  }

  async #put(rule: Rule, by: string, more: { seen?: SeenRule; reverts?: number } = {}): Promise<void> {
    await this.#check(rule);
    const { seen, reverts } = more;
    const intent = { id: rule.id, after: rule, by, ...(reverts === undefined ? {} : { reverts }) };
    await this.#history.of(intent, () => this.#store.put(rule, seen));
  }

  async #check(rule: Rule): Promise<void> {
    const problem = await checkRule(rule, this.#checkAcl);
    if (problem !== undefined) throw new UnusableRuleError(problem);
  }
}
