import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeFileAtomic } from '../../common/atomic-file.js';
import { codeOf, messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import type { PathId } from '../../common/path-id.js';
import { watchFile } from '../../common/watch-file.js';
import { RuleError } from './rule.js';
import type { Rule } from './rule.js';
import { formatRulesFile, maxRules, parseRulesFile } from './rules-file.js';

/** The stored rules, in the order of the file; new ones come last. */
export interface RuleStore {
  readonly rules: ReadonlyMap<PathId, Rule>;
  /** Why the file on disk is not what is in force; undefined when it is. */
  readonly problem: string | undefined;
  /** Creates or replaces a rule; resolves when it is on disk. Throws RuleConflictError while the file is broken. */
  put(rule: Rule): Promise<void>;
  /** Removes a rule; false when there was none. Throws RuleConflictError while the file is broken. */
  remove(id: PathId): Promise<boolean>;
  close(): Promise<void>;
}

/** The file was edited by hand and is broken: writing would destroy that edit. */
export class RuleConflictError extends Error {
  override readonly name = 'RuleConflictError';
}

export interface RuleStoreOptions {
  readonly path: string;
  /** Where the rules in force are kept beside, so that a restart while `path` is broken still knows them. */
  readonly lastGoodPath: string;
  readonly logger: Logger;
  /** Called after the rules in force, or `problem`, have changed. */
  readonly onChange: () => void;
}

/**
 * Opens the rules file, made if missing, and follows edits by hand. A file that is broken or gone changes nothing: the rules
 * in force stay, and `problem` says why.
 */
export async function openRuleStore({ path, lastGoodPath, logger, onChange }: RuleStoreOptions): Promise<RuleStore> {
  let rules = new Map<PathId, Rule>();
  let problem: string | undefined;
  /** The text that `rules` was read from: our own writes come back as events, and are known by it. */
  let currentText: string | undefined;
  /** Writes and readings, one after the other. */
  let queue: Promise<unknown> = Promise.resolve();
  const serialize = <T>(work: () => Promise<T>): Promise<T> => {
    const result = queue.then(work);
    queue = result.catch(() => undefined);
    return result;
  };
  const take = (list: readonly Rule[]): void => {
    rules = new Map(list.map((rule) => [rule.id, rule]));
  };

  async function reread(): Promise<void> {
    let text: string;
    let list: Rule[];
    try {
      text = await readFile(path, 'utf8');
      if (text === currentText && problem === undefined) return;
      list = parseRulesFile(text);
    } catch (error) {
      const reason = codeOf(error) === 'ENOENT' ? 'the file is gone' : messageOf(error);
      if (problem === reason) return;
      problem = reason;
      logger.error({ path, reason }, 'the rules file cannot be used; the rules in force are kept');
      onChange();
      return;
    }
    problem = undefined;
    currentText = text;
    take(list);
    await writeFileAtomic(lastGoodPath, text);
    logger.info({ path, rules: rules.size }, 'rules taken over from the file');
    onChange();
  }

  async function write(next: Map<PathId, Rule>): Promise<void> {
    if (problem !== undefined) throw new RuleConflictError(`${path} cannot be used (${problem}): repair it first`);
    const text = formatRulesFile(next.values());
    await writeFileAtomic(path, text);
    currentText = text;
    rules = next;
    await writeFileAtomic(lastGoodPath, text);
    onChange();
  }

  await mkdir(dirname(path), { recursive: true });
  try {
    const text = await readFile(path, 'utf8');
    take(parseRulesFile(text));
    currentText = text;
    await writeFileAtomic(lastGoodPath, text);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') {
      currentText = formatRulesFile([]);
      await writeFileAtomic(path, currentText);
    } else if (error instanceof RuleError) {
      problem = error.message;
      try {
        take(parseRulesFile(await readFile(lastGoodPath, 'utf8')));
      } catch (lost) {
        logger.warn({ path: lastGoodPath, reason: messageOf(lost) }, 'there are no last good rules');
      }
      logger.error({ path, reason: problem }, 'the rules file cannot be used; the last good rules are in force');
    } else {
      throw error;
    }
  }
  const watch = watchFile(path, {
    onChange: () => {
      serialize(reread).catch((error: unknown) => {
        logger.error({ path, reason: messageOf(error) }, 'the rules in force could not be kept for a restart');
      });
    },
    onError: (error) => logger.warn({ path, reason: messageOf(error) }, 'the rules file cannot be watched'),
  });

  return {
    get rules() {
      return rules;
    },
    get problem() {
      return problem;
    },
    put: (rule) =>
      serialize(async () => {
        await reread();
        const next = new Map(rules).set(rule.id, rule);
        if (next.size > maxRules) throw new RuleError(`more than ${maxRules} rules`);
        await write(next);
      }),
    remove: (id) =>
      serialize(async () => {
        await reread();
        const next = new Map(rules);
        if (!next.delete(id)) return false;
        await write(next);
        return true;
      }),
    async close() {
      await watch.close();
      await queue;
    },
  };
}
