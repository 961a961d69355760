import { messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import { parseServerStates } from './server-states.js';
import type { ServerState } from './server-states.js';

export type ServerStates = ReadonlyMap<string, ServerState>;

/** What tells of servers as they are now. */
export interface StateAsker {
  /** The servers of one backend, or of all; undefined when HAProxy does not answer. */
  ask(backend?: string): Promise<ServerStates | undefined>;
}

/** Names are the load balancer's own; nothing else may get into a command. */
const safeName = /^[A-Za-z0-9._-]{1,255}$/;

/**
 * Asks the running HAProxy (`show stat`, servers alone). `command` sends one command to it; undefined while none runs. Whoever asks for all
 * servers while that is under way gets the same answer.
 */
export function createStateAsker(
  command: () => ((text: string) => Promise<string>) | undefined,
  logger: Logger,
): StateAsker {
  let all: Promise<ServerStates | undefined> | undefined;

  async function asked(proxy: string): Promise<ServerStates | undefined> {
    const send = command();
    if (send === undefined) return undefined;
    try {
      return parseServerStates(await send(`show stat ${proxy} 4 -1`));
    } catch (error) {
      logger.debug({ reason: messageOf(error) }, 'HAProxy does not tell of its servers');
      return undefined;
    }
  }

  return {
    ask(backend) {
      if (backend !== undefined) return safeName.test(backend) ? asked(backend) : Promise.resolve(undefined);
      return (all ??= asked('-1').finally(() => (all = undefined)));
    },
  };
}
