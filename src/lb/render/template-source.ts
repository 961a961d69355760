import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, StartupError } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import { packageRoot } from '../../common/package-root.js';
import { watchFile } from '../../common/watch-file.js';
import { readTemplate } from './template-tree.js';

/** The text of the template in force. */
export interface TemplateSource {
  readonly text: string;
  /** Why the file on disk is not what is in force; undefined when it is. */
  readonly problem: string | undefined;
  /** It reads Bamboo's `Apps` and `Services`. */
  readonly usesApps: boolean;
  close(): Promise<void>;
}

const maxProblems = 10;

/** Reads what can be known of a template before it is used. Throws an Error that says, line by line, why it is refused. */
function inspect(text: string): { usesApps: boolean } {
  const { problems, usesApps } = readTemplate(text);
  if (problems.length === 0) return { usesApps };
  const lines = problems.slice(0, maxProblems).map(({ line, reason }) => `line ${line}: ${reason}`);
  const more = problems.length - lines.length;
  throw new Error([...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n'));
}

/**
 * Reads the template, the shipped one when `path` is undefined, and follows changes of an operator's own. Throws StartupError
 * when it cannot be used at the start; later the text in force is kept.
 */
export async function openTemplateSource(options: {
  path: string | undefined;
  logger: Logger;
  onChange: () => void;
}): Promise<TemplateSource> {
  const { logger, onChange } = options;
  const path = options.path ?? join(packageRoot(), 'templates', 'haproxy.cfg.hbs');
  let text: string;
  let problem: string | undefined;
  let usesApps: boolean;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new StartupError(`the template ${path} cannot be read (${messageOf(error)}): check --haproxy_template`);
  }
  try {
    ({ usesApps } = inspect(text));
  } catch (error) {
    throw new StartupError(`the template ${path} cannot be used:\n${messageOf(error)}`);
  }
  async function reread(): Promise<void> {
    try {
      const now = await readFile(path, 'utf8');
      if (now === text && problem === undefined) return;
      ({ usesApps } = inspect(now));
      text = now;
      problem = undefined;
      logger.info({ path }, 'template taken over');
    } catch (error) {
      problem = messageOf(error);
      logger.error({ path, reason: problem }, 'the template cannot be used; the one in force is kept');
    }
    onChange();
  }
  const watch =
    options.path === undefined
      ? undefined
      : watchFile(path, {
          onChange: () => void reread(),
          onError: (error) => logger.warn({ path, reason: messageOf(error) }, 'the template cannot be watched'),
        });
  return {
    get text() {
      return text;
    },
    get problem() {
      return problem;
    },
    get usesApps() {
      return usesApps;
    },
    async close() {
      await watch?.close();
    },
  };
}
