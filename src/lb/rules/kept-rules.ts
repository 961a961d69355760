import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '../../common/atomic-file.js';
import { codeOf, messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import type { PathId } from '../../common/path-id.js';
import { rulesById } from './rule.js';
import type { Rule } from './rule.js';
import { parseRulesFile } from './rules-file.js';

/** The rules that were in force last, kept on this machine for the time when the place where they are stored cannot be reached. */
export interface KeptRules {
  /** Writes them down; of several that come while one is written, the last. */
  keep(rules: ReadonlyMap<PathId, Rule>): void;
  /** Resolves when what was to be kept is. */
  close(): Promise<void>;
}

/**
 * Reads what was kept of the rules from `where`; undefined when there is nothing, or it is from elsewhere. Never throws: without
 * it there are no rules until they can be read.
 */
export async function readKeptRules(
  path: string,
  where: string,
  logger: Logger,
): Promise<ReadonlyMap<PathId, Rule> | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    const rules = rulesById(parseRulesFile(text), new Map());
    return (JSON.parse(text) as { from?: unknown }).from === where ? rules : undefined;
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') logger.warn({ path, reason: messageOf(error) }, 'the kept rules cannot be read');
    return undefined;
  }
}

/** Keeps the rules from `where` in the file `path`. */
export function keepRules(path: string, where: string, logger: Logger): KeptRules {
  let next: ReadonlyMap<PathId, Rule> | undefined;
  let writing: Promise<void> | undefined;

  async function write(): Promise<void> {
    while (next !== undefined) {
      const rules = next;
      next = undefined;
      try {
        await writeFileAtomic(path, `${JSON.stringify({ from: where, rules: [...rules.values()] })}\n`);
      } catch (error) {
        logger.error({ path, reason: messageOf(error) }, 'the rules could not be kept for a restart');
      }
    }
    writing = undefined;
  }

  return {
    keep(rules) {
      next = rules;
      writing ??= write();
    },
    close: async () => writing,
  };
}
