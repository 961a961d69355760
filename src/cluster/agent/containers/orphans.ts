import { existsSync } from 'node:fs';
import { messageOf } from '../../../common/errors.js';
import type { Logger } from '../../../common/logger.js';
import type { EngineFinder } from './find-engine.js';

/**
 * Removes the containers of this agent that no task knows: those of tasks whose records are lost, or that an earlier agent
 * could not remove. Asks no engine when there never was a container. Never throws.
 */
export async function removeOrphans(
  engines: EngineFinder,
  options: { containersMark: string; known: ReadonlySet<string>; logger: Logger },
): Promise<void> {
  const { containersMark, known, logger } = options;
  if (!existsSync(containersMark)) return;
  try {
    const engine = await engines.find();
    for (const name of await engine.list()) {
      if (known.has(name)) continue;
      logger.info({ container: name }, 'a container that belongs to no task is removed');
      await engine.kill(name);
      await engine.remove(name);
    }
  } catch (error) {
    logger.warn({ error: messageOf(error) }, 'containers that belong to no task cannot be looked for');
  }
}
