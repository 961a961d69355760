import { mkdir, readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { writeFileAtomic } from '../../common/atomic-file.js';
import { codeOf, messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import type { PathId } from '../../common/path-id.js';
import { watchFile } from '../../common/watch-file.js';
import { checkRuleSize, RuleError, rulesById } from './rule.js';
import type { Rule } from './rule.js';
import { checkSeen, RuleConflictError, RuleStoreAwayError } from './rule-store.js';
import type { RuleStore } from './rule-store.js';
import { formatRulesFile, maxRules, parseRulesFile } from './rules-file.js';

export interface RuleFileOptions {
  readonly path: string;
  /** Where the rules in force are kept beside, so that a restart while `path` is broken still knows them. */
  readonly lastGoodPath: string;
  readonly logger: Logger;
  /** Called after the rules in force, or `problem`, have changed. */
  readonly onChange: () => void;
}

const fileIsGone = 'the file is gone';

/**
 * Opens the rules file, made if there is none and never was, and follows edits by hand. A file that is broken or gone changes nothing: the rules
 * in force stay, and `problem` says why.
 */
export async function openRuleFile({ path, lastGoodPath, logger, onChange }: RuleFileOptions): Promise<RuleStore> {
  let rules: ReadonlyMap<PathId, Rule> = new Map();
  let rulesBefore: ReadonlyMap<PathId, Rule> | undefined;
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

  async function reread(): Promise<void> {
    let text: string;
    let list: Rule[];
    try {
      text = await readFile(path, 'utf8');
      if (text === currentText && problem === undefined) return;
      list = parseRulesFile(text);
    } catch (error) {
      const reason = codeOf(error) === 'ENOENT' ? fileIsGone : messageOf(error);
      if (problem === reason) return;
      problem = reason;
      logger.error({ path, reason }, 'the rules file cannot be used; the rules in force are kept');
      onChange();
      return;
    }
    problem = undefined;
    currentText = text;
    rules = rulesById(list, rules);
    onChange();
    logger.info({ path, rules: rules.size }, 'rules taken over from the file');
    await writeFileAtomic(lastGoodPath, text);
  }

  async function write(next: ReadonlyMap<PathId, Rule>): Promise<void> {
    if (problem !== undefined) throw new RuleConflictError(`${path} cannot be used (${problem}): repair it first`);
    const text = formatRulesFile(next.values());
    try {
      await writeFileAtomic(path, text);
    } catch (error) {
      throw new RuleStoreAwayError(`${path} cannot be written, nothing is stored: ${messageOf(error)}`);
    }
    currentText = text;
    rules = next;
    onChange();
    await writeFileAtomic(lastGoodPath, text).catch((error: unknown) => {
      logger.error({ path: lastGoodPath, reason: messageOf(error) }, 'the rules could not be kept for a restart');
    });
  }

  await mkdir(dirname(path), { recursive: true });
  try {
    rulesBefore = rulesById(parseRulesFile(await readFile(lastGoodPath, 'utf8')), new Map());
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') {
      logger.warn({ path: lastGoodPath, reason: messageOf(error) }, 'the last good rules cannot be read');
    }
  }
  try {
    const text = await readFile(path, 'utf8');
    rules = rulesById(parseRulesFile(text), rulesBefore ?? rules);
    currentText = text;
    await writeFileAtomic(lastGoodPath, text);
  } catch (error) {
    const isGone = codeOf(error) === 'ENOENT';
    if (isGone && (rulesBefore ?? rules).size === 0) {
      currentText = formatRulesFile([]);
      await writeFileAtomic(path, currentText);
    } else if (isGone || error instanceof RuleError) {
      problem = isGone ? fileIsGone : messageOf(error);
      rules = rulesBefore ?? rules;
      logger.error({ path, reason: problem }, 'the rules file cannot be used; the last good rules are in force');
    } else {
      throw error;
    }
  }
  const look = (): void => {
    serialize(reread).catch((error: unknown) => {
      logger.error({ path, reason: messageOf(error) }, 'the rules in force could not be kept for a restart');
    });
  };
  const watch = watchFile(path, {
    onChange: look,
    onReady: look,
    onError: (error) => logger.warn({ path, reason: messageOf(error) }, 'the rules file cannot be watched'),
  });

  return {
    kind: 'file',
    where: resolve(path),
    rulesBefore,
    leftOut: [],
    get rules() {
      return rules;
    },
    get problem() {
      return problem;
    },
    put: (rule, seen) =>
      serialize(async () => {
        checkRuleSize(rule);
        await reread();
        checkSeen(rule.id, seen, rules.get(rule.id));
        const next = new Map(rules).set(rule.id, rule);
        if (next.size > maxRules) throw new RuleError(`more than ${maxRules} rules`);
        await write(next);
      }),
    remove: (id, seen) =>
      serialize(async () => {
        await reread();
        checkSeen(id, seen, rules.get(id));
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
