import { messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import type { Clock } from '../../common/time.js';
import type { Routing } from '../compile/routing-model.js';
import { backendsCommand, readBackends } from './read-backends.js';

/** An answer serves all who ask while it is made, and for so long afterwards. */
const freshMs = 500;

export interface BackendReaderParts {
  /** Sends a command to the running HAProxy; undefined while there is none to be asked. */
  readonly command: () => ((text: string) => Promise<string>) | undefined;
  readonly routing: () => Routing | undefined;
  readonly logger: Logger;
  readonly now?: Clock;
}

/** Asks the running HAProxy for its backends. */
export interface BackendReader {
  /** LbBackends as JSON; undefined when HAProxy does not run or does not answer. Whoever asks at the same time gets the same. */
  read(): Promise<Buffer | undefined>;
}

export function createBackendReader({ command, routing, logger, now = Date.now }: BackendReaderParts): BackendReader {
  let last: { readonly endedAt: number; readonly json: Buffer } | undefined;
  let underWay: Promise<Buffer | undefined> | undefined;

  async function ask(): Promise<Buffer | undefined> {
    const send = command();
    if (send === undefined) return undefined;
    try {
      const at = new Date(now()).toISOString();
      const backends = readBackends(await send(backendsCommand), routing());
      const json = Buffer.from(JSON.stringify({ at, backends }));
      last = { endedAt: performance.now(), json };
      return json;
    } catch (error) {
      logger.debug({ reason: messageOf(error) }, 'HAProxy does not tell of its backends');
      return undefined;
    }
  }

  return {
    read() {
      if (last !== undefined && performance.now() - last.endedAt < freshMs && command() !== undefined) {
        return Promise.resolve(last.json);
      }
      return (underWay ??= ask().finally(() => (underWay = undefined)));
    },
  };
}
