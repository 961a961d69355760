import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, StartupError } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import { packageRoot } from '../../common/package-root.js';
import { watchFile } from '../../common/watch-file.js';

/** The text of the template in force. */
export interface TemplateSource {
  readonly text: string;
  /** Why the file on disk is not what is in force; undefined when it is. */
  readonly problem: string | undefined;
  close(): Promise<void>;
}

/**
 * Reads the template, the shipped one when `path` is undefined, and follows changes of an operator's own. Throws StartupError
 * when it cannot be read at the start; later the text in force is kept.
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
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new StartupError(`the template ${path} cannot be read (${messageOf(error)}): check --haproxy_template`);
  }
  async function reread(): Promise<void> {
    try {
      const now = await readFile(path, 'utf8');
      if (now === text && problem === undefined) return;
      text = now;
      problem = undefined;
      logger.info({ path }, 'template taken over');
    } catch (error) {
      problem = messageOf(error);
      logger.error({ path, reason: problem }, 'the template cannot be read; the text in force is kept');
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
    async close() {
      await watch?.close();
    },
  };
}
