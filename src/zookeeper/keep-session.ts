import { backoffMs, jittered } from '../common/backoff.js';
import type { BackoffPolicy } from '../common/backoff.js';
import type { Logger } from '../common/logger.js';
import { sleep } from '../common/time.js';
import type { SessionState, ZooKeeperClient } from './client.js';

/** One session after the other, for what is to outlive them. */
export interface KeptSession {
  /** Ends the present session; resolves when nothing will be called any more. */
  close(): Promise<void>;
}

const retry: BackoffPolicy = { initialMs: 100, factor: 2, maxMs: 5_000 };

/** Whether nothing will come of a session any more. */
export function isOver(state: SessionState): boolean {
  return state === 'expired' || state === 'refused' || state === 'closed';
}

/** Resolves when the session is over. */
function overOf(client: ZooKeeperClient): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!isOver(client.state)) return;
      stop();
      resolve();
    };
    const stop = client.onState(look);
    look();
  });
}

/**
 * Opens sessions by `open`, a new one when the last is over. `follow` runs with each from the time it is first connected; its
 * signal is aborted when the session is over. What `follow` throws ends the session, too, and is logged.
 */
export function keepSession(options: {
  readonly open: () => ZooKeeperClient;
  readonly follow: (client: ZooKeeperClient, signal: AbortSignal) => Promise<void>;
  readonly logger: Logger;
  /** In [0, 1). */
  readonly random: () => number;
}): KeptSession {
  const { open, follow, logger, random } = options;
  const closing = new AbortController();

  async function oneSession(): Promise<boolean> {
    const client = open();
    const session = new AbortController();
    const end = (): void => session.abort();
    closing.signal.addEventListener('abort', end, { once: true });
    const over = overOf(client).then(end);
    let wasConnected = false;
    try {
      await Promise.race([
        client.connected(),
        new Promise((resolve) => session.signal.addEventListener('abort', resolve)),
      ]);
      if (session.signal.aborted) return false;
      wasConnected = true;
      await follow(client, session.signal);
      if (!session.signal.aborted) await Promise.race([over, aborted(session.signal)]);
    } catch (err) {
      if (!session.signal.aborted) logger.warn({ err, state: client.state }, 'a ZooKeeper session was given up');
    } finally {
      closing.signal.removeEventListener('abort', end);
      session.abort();
      await client.close();
    }
    return wasConnected;
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!closing.signal.aborted) {
      failures = (await oneSession()) ? 0 : failures + 1;
      await sleep(jittered(backoffMs(retry, failures), random()), closing.signal);
    }
  }

  const done = run();
  return {
    async close() {
      closing.abort();
      await done;
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
