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
