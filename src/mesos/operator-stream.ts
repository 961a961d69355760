import { backoffMs, jittered } from '../common/backoff.js';
import type { BackoffPolicy } from '../common/backoff.js';
import { messageOf } from '../common/errors.js';
import type { Logger } from '../common/logger.js';
import { sleep } from '../common/time.js';
import type { MasterAccess } from './master-access.js';
import type { MasterClient } from './master-client.js';
import { masterAuthorityOf } from './master-info.js';
import { requestMaster } from './master-request.js';
import { openRecordStream } from './record-stream.js';
import type { MasterInfo, OperatorEvent, OperatorState } from './types.js';

/** The master at the other end of a stream. */
export interface StreamLeader {
  /** `host:port` at which it was reached. */
  readonly authority: string;
  /** What it says about itself (GET_MASTER); undefined when it does not say. */
  readonly info: MasterInfo | undefined;
}

/** An event that changes something: neither the snapshot nor a sign of life. */
export type OperatorChange = Exclude<OperatorEvent, { type: 'SUBSCRIBED' } | { type: 'HEARTBEAT' }>;

/** Hears what a watch sees, one call after the other. What a listener throws counts as a broken stream. */
export interface OperatorListener {
  /** The whole truth, at the beginning of every stream. */
  onSnapshot(state: OperatorState, leader: StreamLeader): void;
  onChange(change: OperatorChange): void;
  /** Any message has arrived, heartbeats included. */
  onSignOfLife(): void;
  /** The stream ended, or none could be opened at this master. Another attempt follows. */
  onDown(error: Error, authority: string): void;
}

export interface OperatorWatch {
  /** Ends it; resolves when nothing will be heard any more. */
  stop(): Promise<void>;
}

/** Waits between rounds through the list of masters. */
const defaultBackoff: BackoffPolicy = { initialMs: 250, factor: 2, maxMs: 10_000 };
/** Mesos' default, until the master says otherwise. */
const defaultHeartbeatMs = 15_000;
/** So many heartbeats may be missed. */
const missedHeartbeats = 5;
const minIdleMs = 1_000;
const maxIdleMs = 600_000;

/** Aborts `controller` when `alive` is not called for a while. */
class Watchdog {
  #timer: NodeJS.Timeout | undefined;
  #idleMs = defaultHeartbeatMs * missedHeartbeats;
  readonly #controller: AbortController;

  constructor(controller: AbortController) {
    this.#controller = controller;
  }

  setHeartbeat(seconds: number | undefined): void {
    if (seconds === undefined || !(seconds > 0)) return;
    this.#idleMs = Math.min(Math.max(seconds * 1000 * missedHeartbeats, minIdleMs), maxIdleMs);
  }

  alive(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#controller.abort(new Error(`no message from the master for ${this.#idleMs} ms`));
    }, this.#idleMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

async function masterInfo(
  client: MasterClient,
  authority: string,
  signal: AbortSignal,
): Promise<MasterInfo | undefined> {
  try {
    const { body } = await requestMaster(client, { authority, path: '/api/v1', call: { type: 'GET_MASTER' }, signal });
    return (body as { get_master?: { master_info?: MasterInfo } } | null)?.get_master?.master_info;
  } catch {
    return undefined;
  }
}

/**
 * Watches a cluster through the v1 operator API (`POST /api/v1`, SUBSCRIBE): connects to the leading master, and again, at
 * whichever master leads then, when the stream breaks or is silent for five heartbeats. Masters are tried in turn; where ZooKeeper tells
 * who leads, that one first, and a stream from one that leads no more is left. `random` in [0, 1) spreads the waits.
 */
export function watchOperator(options: {
  /** Stays the caller's. */
  masters: MasterAccess;
  listener: OperatorListener;
  logger: Logger;
  random: () => number;
  backoff?: BackoffPolicy;
}): OperatorWatch {
  const { masters, listener, logger, random, backoff = defaultBackoff } = options;
  const stopping = new AbortController();
  /** Aborted when the masters are others than before. */
  let news = new AbortController();
  /** What the master of the present stream, or attempt, is called. */
  let names: readonly string[] = [];
  let leave = (_reason: Error): void => undefined;
  const stopListening = masters.source.onChange(({ leader }) => {
    news.abort();
    if (leader !== undefined && !names.includes(leader)) leave(new Error(`${leader} is the leading master now`));
  });

  /** One stream from its beginning to its end. Throws when it ends. */
  async function follow(authority: string, begun: () => void): Promise<never> {
    const controller = new AbortController();
    const onStop = (): void => controller.abort(stopping.signal.reason);
    names = [authority];
    leave = (reason) => controller.abort(reason);
    stopping.signal.addEventListener('abort', onStop);
    const watchdog = new Watchdog(controller);
    watchdog.alive();
    try {
      const stream = await openRecordStream<OperatorEvent>(masters, {
        authority,
        path: '/api/v1',
        call: { type: 'SUBSCRIBE' },
        idleTimeoutMs: 0, // the watchdog's task
        signal: controller.signal,
      });
      names = [stream.authority];
      for await (const event of stream.messages) {
        watchdog.alive();
        controller.signal.throwIfAborted();
        switch (event.type) {
          case 'SUBSCRIBED': {
            const { get_state: state, heartbeat_interval_seconds: heartbeat } = event.subscribed;
            if (state === undefined) throw new Error(`${stream.authority}: SUBSCRIBED without a state`);
            watchdog.setHeartbeat(heartbeat);
            const info = await masterInfo(masters, stream.authority, controller.signal);
            watchdog.alive();
            controller.signal.throwIfAborted();
            const announced = masterAuthorityOf(info);
            if (announced !== undefined) names = [stream.authority, announced];
            begun();
            listener.onSnapshot(state, { authority: stream.authority, info });
            break;
          }
          case 'HEARTBEAT':
            break;
          default:
            listener.onChange(event);
        }
        listener.onSignOfLife();
      }
      throw new Error(`${stream.authority}: the master ended the stream`);
    } catch (error) {
      throw controller.signal.aborted ? controller.signal.reason : error;
    } finally {
      watchdog.stop();
      leave = () => undefined;
      controller.abort();
      stopping.signal.removeEventListener('abort', onStop);
    }
  }

  async function run(): Promise<void> {
    let failedRounds = 0;
    while (!stopping.signal.aborted) {
      if (masters.source.current.masters.length === 0) {
        logger.info({ masters: masters.name }, 'waiting for a Mesos master to lead');
      }
      const known = await masters.source.known(stopping.signal).catch(() => undefined);
      if (known === undefined) return;
      news = new AbortController();
      failedRounds++;
      for (const authority of known.masters) {
        try {
          await follow(authority, () => (failedRounds = 0));
        } catch (error) {
          if (stopping.signal.aborted) return;
          logger.debug({ authority, reason: messageOf(error) }, 'the operator event stream is down');
          listener.onDown(error instanceof Error ? error : new Error(String(error)), authority);
        }
        // A stream that had begun and broke, or other masters than before: begin a new round, with the shortest wait.
        if (failedRounds === 0 || news.signal.aborted || stopping.signal.aborted) break;
      }
      if (news.signal.aborted) {
        failedRounds = 0;
        continue;
      }
      const wait = jittered(backoffMs(backoff, Math.max(0, failedRounds - 1)), random());
      await sleep(wait, AbortSignal.any([stopping.signal, news.signal]));
    }
  }

  const done = run();
  return {
    async stop() {
      stopListening();
      stopping.abort(new Error('stopped'));
      await done;
    },
  };
}
