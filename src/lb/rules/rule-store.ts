import type { PathId } from '../../common/path-id.js';
import { isSameRule } from './rule.js';
import type { Rule } from './rule.js';

/** A rule that is stored, or something in its place, which is not in force, and why. */
export interface LeftOutRule {
  /** The app, or what the entry is called where that is none. */
  readonly id: string;
  readonly reason: string;
}

/**
 * What a write is about: the rule as the writer saw it, null for none. If it is another one by now, RuleConflictError is thrown.
 * undefined = whatever is there.
 */
export type SeenRule = Rule | null | undefined;

/** Where the rules are kept. The map is another one after each change, with the same objects for the rules that are as they were. */
export interface RuleStore {
  /** A file belongs to this edge; rules in ZooKeeper are shared by all edges that are given the same path. */
  readonly kind: 'file' | 'zookeeper';
  /** The file's path, or `zk://…/path` without credentials. */
  readonly where: string;
  /** The rules in force; new ones come last. */
  readonly rules: ReadonlyMap<PathId, Rule>;
  /** The rules that were in force when this edge was last ended; undefined = it has none from before. */
  readonly rulesBefore: ReadonlyMap<PathId, Rule> | undefined;
  /** Why what is stored is not what is in force; undefined when it is. */
  readonly problem: string | undefined;
  readonly leftOut: readonly LeftOutRule[];
  /**
   * Creates or replaces a rule; resolves when it is stored and in force. Throws RuleConflictError (it was changed, or what is stored
   * cannot be used), RuleStoreAwayError and RuleError (too many).
   */
  put(rule: Rule, seen?: SeenRule): Promise<void>;
  /** Removes a rule; false when there was none. Throws as `put` does. */
  remove(id: PathId, seen?: SeenRule): Promise<boolean>;
  close(): Promise<void>;
}

/** What is stored is not what the writer thinks: writing would destroy somebody else's change. */
export class RuleConflictError extends Error {
  override readonly name = 'RuleConflictError';
}

/** The rules cannot be stored now. The message says whether they may be stored all the same. */
export class RuleStoreAwayError extends Error {
  override readonly name = 'RuleStoreAwayError';
}

/** Throws RuleConflictError when a rule is not the one that a writer saw. */
export function checkSeen(id: PathId, seen: SeenRule, now: Rule | undefined): void {
  if (seen === undefined) return;
  const isSame = seen === null || now === undefined ? seen === (now ?? null) : isSameRule(seen, now);
  if (!isSame) throw new RuleConflictError(`the rule of ${id} was changed meanwhile`);
}
