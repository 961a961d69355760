import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '../../common/atomic-file.js';
import { codeOf, messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import type { PathId } from '../../common/path-id.js';
import { configOf, isSameRule } from './rule.js';
import type { Rule } from './rule.js';
import type { RuleStore } from './rule-store.js';

/** What a rule said; null = there was none. */
export type PastRule = Readonly<Record<string, string>> | null;

/** One change of one rule, as this edge saw it. */
export interface RuleChange {
  /** Counts up by one. */
  readonly n: number;
  /** ISO 8601: when it was seen here. */
  readonly at: string;
  readonly id: PathId;
  /** Bamboo's `Config`. */
  readonly before: PastRule;
  readonly after: PastRule;
  /** The user of this edge's API, or the address that it was changed from; `file` or `zookeeper`: it was changed there. */
  readonly by: string;
  /** The change that it takes back. */
  readonly reverts?: number;
}

const maxChanges = 500;
const maxBytes = 4 << 20;

/** The rule that a part of a change stands for; null = there is none. */
export function pastRule(id: PathId, past: PastRule): Rule | null {
  return past === null ? null : { id, acl: past['Acl'] ?? '', config: past };
}

function toPast(rule: Rule | undefined): PastRule {
  return rule === undefined ? null : configOf(rule);
}

function isPast(value: unknown): value is PastRule {
  if (value === null) return true;
  return typeof value === 'object' && Object.values(value).every((text) => typeof text === 'string');
}

function isChange(value: unknown): value is RuleChange {
  if (typeof value !== 'object' || value === null) return false;
  const { n, at, id, before, after, by } = value as Partial<Record<keyof RuleChange, unknown>>;
  const areTexts = [at, id, by].every((text) => typeof text === 'string');
  return Number.isSafeInteger(n) && areTexts && isPast(before) && isPast(after);
}

interface Intent {
  readonly after: Rule | undefined;
  readonly by: string;
  readonly reverts: number | undefined;
}

/**
 * The changes of the rules that this edge has seen: its own, those made elsewhere, and what was changed while it was away. The last
 * 500 are kept, over restarts, too.
 */
export class RuleHistory {
  readonly #store: RuleStore;
  readonly #path: string;
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #intents = new Map<PathId, Intent>();
  #changes: RuleChange[];
  #seen: ReadonlyMap<PathId, Rule>;
  #writing: Promise<void> | undefined;
  #isWritten = true;

  private constructor(options: RuleHistoryOptions, changes: RuleChange[]) {
    this.#store = options.store;
    this.#path = options.path;
    this.#logger = options.logger;
    this.#now = options.now ?? Date.now;
    this.#changes = changes;
    this.#seen = options.store.rulesBefore ?? options.store.rules;
    this.look();
  }

  /** Reads what was kept. A file that cannot be read begins anew. */
  static async open(options: RuleHistoryOptions): Promise<RuleHistory> {
    const { path, logger } = options;
    let changes: RuleChange[] = [];
    try {
      const kept: unknown = JSON.parse(await readFile(path, 'utf8'));
      if (!Array.isArray(kept) || !kept.every(isChange)) throw new Error('not a list of changes');
      changes = kept;
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') logger.warn({ path, reason: messageOf(error) }, 'the history begins anew');
    }
    return new RuleHistory(options, changes);
  }

  /** The newest first. */
  get changes(): readonly RuleChange[] {
    return [...this.#changes].reverse();
  }

  find(n: number): RuleChange | undefined {
    return this.#changes.find((change) => change.n === n);
  }

  /** To be called after the rules of the store may have changed. */
  look(): void {
    const now = this.#store.rules;
    if (now === this.#seen) return;
    const before = this.#seen;
    this.#seen = now;
    let count = this.#changes.at(-1)?.n ?? 0;
    const found: RuleChange[] = [];
    for (const [id, rule] of now) {
      const old = before.get(id);
      if (old !== rule && (old === undefined || !isSameRule(old, rule))) found.push(this.#changeOf(++count, old, rule));
    }
    for (const [id, old] of before) if (!now.has(id)) found.push(this.#changeOf(++count, old, undefined));
    if (found.length === 0) return;
    this.#changes = this.#bounded([...this.#changes, ...found.slice(-maxChanges)]);
    this.#isWritten = false;
    this.#writing ??= this.#write();
  }

  /** Runs a change that somebody makes through this edge, so that it is noted as his. */
  async of<T>(
    intent: { readonly id: PathId; readonly after: Rule | undefined; readonly by: string; readonly reverts?: number },
    work: () => Promise<T>,
  ): Promise<T> {
    const { id, after, by, reverts } = intent;
    const mine: Intent = { after, by, reverts };
    this.#intents.set(id, mine);
    try {
      return await work();
    } finally {
      this.look();
      if (this.#intents.get(id) === mine) this.#intents.delete(id);
    }
  }

  /** Resolves when everything is on disk. */
  async close(): Promise<void> {
    await this.#writing;
  }

  #changeOf(n: number, before: Rule | undefined, after: Rule | undefined): RuleChange {
    const id = (after ?? before)?.id ?? '/';
    const intent = this.#intents.get(id);
    const isMine =
      intent !== undefined &&
      (after === undefined || intent.after === undefined ? after === intent.after : isSameRule(after, intent.after));
    return {
      n,
      at: new Date(this.#now()).toISOString(),
      id,
      before: toPast(before),
      after: toPast(after),
      by: isMine ? intent.by : this.#store.kind,
      ...(isMine && intent.reverts !== undefined ? { reverts: intent.reverts } : {}),
    };
  }

  /** The newest ones, as many as may be kept. */
  #bounded(changes: RuleChange[]): RuleChange[] {
    let bytes = 0;
    let first = changes.length;
    while (first > 0 && changes.length - first < maxChanges) {
      bytes += JSON.stringify(changes[first - 1]).length;
      if (bytes > maxBytes) break;
      first -= 1;
    }
    return changes.slice(first);
  }

  async #write(): Promise<void> {
    while (!this.#isWritten) {
      this.#isWritten = true;
      const lines = this.#changes.map((change) => JSON.stringify(change));
      try {
        await writeFileAtomic(this.#path, `[\n${lines.join(',\n')}\n]\n`, 0o600);
      } catch (error) {
        const reason = messageOf(error);
        this.#logger.error({ path: this.#path, reason }, 'the history of the rules cannot be kept');
      }
    }
    this.#writing = undefined;
  }
}

export interface RuleHistoryOptions {
  readonly store: RuleStore;
  readonly path: string;
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}
