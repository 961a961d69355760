import { setImmediate } from 'node:timers/promises';
import { messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import type { Clock } from '../../common/time.js';
import type { Routing } from '../compile/routing-model.js';
import { backendsCommand, readBackends } from './read-backends.js';

/** An answer serves all who ask while it is made, and for so long afterwards. */
const freshMs = 500;
/** What is shown of very many, in characters of JSON: it is sent to each page every moment. */
const maxLength = 4 << 20;
/** So many are read at a time: updates do not wait for the rest. */
const batch = 200;

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

/** What HAProxy's answer says, as JSON. */
async function shownBackends(answer: string, routing: Routing | undefined, at: string): Promise<Buffer> {
  const shown: string[] = [];
  let length = 0;
  let total = 0;
  for (const backend of readBackends(answer, routing)) {
    total += 1;
    if (total % batch === 0) await setImmediate();
    if (length > maxLength) continue;
    const text = JSON.stringify(backend);
    length += text.length;
    if (length <= maxLength) shown.push(text);
  }
  return Buffer.from(`{"at":${JSON.stringify(at)},"total":${total},"backends":[${shown.join(',')}]}`);
}

export function createBackendReader({ command, routing, logger, now = Date.now }: BackendReaderParts): BackendReader {
  let last: { readonly endedAt: number; readonly json: Buffer } | undefined;
  let underWay: Promise<Buffer | undefined> | undefined;

  async function ask(): Promise<Buffer | undefined> {
    const send = command();
    if (send === undefined) return undefined;
    try {
      const at = new Date(now()).toISOString();
      const json = await shownBackends(await send(backendsCommand), routing(), at);
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
