import { backoffMs } from '../../../common/backoff.js';
import { messageOf } from '../../../common/errors.js';
import type { Logger } from '../../../common/logger.js';
import { sleep } from '../../../common/time.js';
import type { ContainerEngine } from './engine.js';

/** Some 30 s in all. */
const retries = { initialMs: 250, factor: 2, maxMs: 8_000 };
const maxRetries = 8;

/**
 * Removes the container of an ended task. Resolves after the first attempt; when that fails, the others go on until `signal` is aborted: an
 * engine refuses a container whose network another one uses, and containers of a group end at about the same time. Never rejects.
 */
export async function removeContainer(
  engine: ContainerEngine,
  name: string,
  { logger, signal }: { readonly logger: Logger; readonly signal: AbortSignal },
): Promise<void> {
  async function isRemoved(): Promise<boolean> {
    try {
      await engine.remove(name);
      return true;
    } catch (error) {
      problem = messageOf(error);
      return false;
    }
  }

  async function tryAgain(): Promise<void> {
    for (let retry = 0; retry < maxRetries && !signal.aborted; retry++) {
      await sleep(backoffMs(retries, retry), signal);
      if (signal.aborted || (await isRemoved())) return;
    }
    logger.warn(
      { container: name, error: problem },
      'the container of an ended task cannot be removed, the next start of the agent tries again',
    );
  }

  let problem = '';
  if (!(await isRemoved())) void tryAgain();
}
