import { randomUUID } from 'node:crypto';
import { messageOf } from '../../../common/errors.js';
import type { Logger } from '../../../common/logger.js';
import { sleep } from '../../../common/time.js';
import type { ZooKeeperClient } from '../../../zookeeper/client.js';
import { ZooKeeperError, zooKeeperCodeOf } from '../../../zookeeper/errors.js';
import { keepSession } from '../../../zookeeper/keep-session.js';
import { childPath, ensurePath } from '../../../zookeeper/paths.js';
import type { Election, ElectionListener, Leadership } from '../../ports/election.js';
import { inOrder } from './candidates.js';
import type { Lease } from './lease.js';
import { holdLease } from './lease.js';

/** Leadership by a node in ZooKeeper, with the session that the node lives in. */
export interface ZooKeeperLeadership extends Leadership {
  /** For the store: a session that ends takes both along. Closed by the election. */
  readonly client: ZooKeeperClient;
}

export interface ZooKeeperElectionListener extends ElectionListener {
  elected(leadership: ZooKeeperLeadership): void;
}

export interface ZooKeeperElectionOptions {
  /** Makes a session; called again when one is over before this process was elected. */
  readonly open: () => ZooKeeperClient;
  /** Of `--zk`; candidates are in `leader` below it. */
  readonly path: string;
  /** `host:port` at which others reach this process: the data of its node. */
  readonly address: string;
  readonly listener: ZooKeeperElectionListener;
  readonly logger: Logger;
  /** In [0, 1). */
  readonly random: () => number;
}

/** After a request that failed, before the next look. */
const retryMs = 200;

/** Something to be done again and again, when there is a reason: reasons that come meanwhile count as one. */
class Bell {
  #rung = false;
  #waiting: (() => void) | undefined;

  readonly ring = (): void => {
    this.#rung = true;
    this.#waiting?.();
  };

  async heard(signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      this.#waiting = undefined;
    }
    this.#rung = false;
  }
}

class Candidacy implements Election {
  readonly #options: ZooKeeperElectionOptions;
  readonly #folder: string;
  readonly #session: { close(): Promise<void> };
  #leader: string | undefined;
  #lease: Lease | undefined;
  #elected = false;
  #over = false;

  constructor(options: ZooKeeperElectionOptions) {
    this.#options = options;
    this.#folder = childPath(options.path, 'leader');
    this.#session = keepSession({
      open: options.open,
      follow: (client, signal) => this.#follow(client, signal),
      logger: options.logger,
      random: options.random,
    });
  }

  get leader(): string | undefined {
    return this.#leader;
  }

  get leading(): boolean {
    return !this.#over && this.#elected && this.#lease?.valid === true;
  }

  async close(): Promise<void> {
    this.#over = true;
    this.#lease?.end();
    await this.#session.close();
  }

  /** Takes part as long as the session lasts. */
  async #follow(client: ZooKeeperClient, signal: AbortSignal): Promise<void> {
    const bell = new Bell();
    const stop = client.onState((state) => {
      if (state === 'disconnected') this.#setLeader(undefined);
      if (state === 'connected') bell.ring();
    });
    signal.addEventListener('abort', () => this.#setLeader(undefined), { once: true });
    // Marks the node of this session, so that it is found again when the answer to its making is lost.
    const mark = `${randomUUID()}-`;
    try {
      while (!signal.aborted && !this.#over) {
        try {
          await this.#look(client, signal, mark, bell.ring);
          await bell.heard(signal);
        } catch (error) {
          if (!(error instanceof ZooKeeperError) || signal.aborted) throw error;
          // A node that went between two looks is no fault.
          if (error.code === 'NO_NODE') continue;
          this.#options.logger.warn({ reason: messageOf(error) }, 'the election could not be followed, trying again');
          await sleep(retryMs, signal);
        }
      }
    } finally {
      stop();
    }
  }

  /** Looks who leads, and lets `changed` be called when that may have changed. */
  async #look(client: ZooKeeperClient, signal: AbortSignal, mark: string, changed: () => void): Promise<void> {
    const folder = this.#folder;
    let names = inOrder(await client.children(folder).catch(noChildren));
    let mine = names.find((name) => name.startsWith(mark));
    if (mine === undefined) {
      // The lease tells when a leader's node is gone.
      if (this.#elected) return;
      await ensurePath(client, folder);
      await client.create(childPath(folder, mark), Buffer.from(this.#options.address), 'ephemeralSequential');
      names = inOrder(await client.children(folder));
      mine = names.find((name) => name.startsWith(mark));
    }
    const [first] = names;
    if (mine === undefined || first === undefined || signal.aborted) {
      changed();
      return;
    }
    if (first === mine) {
      this.#hold(client, childPath(folder, mine), changed);
      return;
    }
    // The one before this one, so that not all are woken at each change; and the first one, whose address is to be known.
    const before = names[names.indexOf(mine) - 1] ?? first;
    if (before !== first && (await client.exists(childPath(folder, before), changed)) === undefined) changed();
    const { data } = await client.get(childPath(folder, first), changed);
    if (!signal.aborted) this.#setLeader(data.toString());
  }

  #hold(client: ZooKeeperClient, candidate: string, changed: () => void): void {
    if (this.#lease !== undefined || this.#over) return;
    this.#lease = holdLease({
      client,
      candidate,
      granted: () => {
        if (this.#over) return;
        this.#elected = true;
        this.#options.logger.info({ candidate }, 'elected as leader');
        this.#setLeader(this.#options.address);
        this.#options.listener.elected({ candidate, client });
      },
      lost: (reason) => {
        this.#lease = undefined;
        if (!this.#elected) changed();
        if (!this.#elected || this.#over) return;
        this.#over = true;
        this.#options.logger.error({ reason }, 'leadership is lost');
        this.#options.listener.deposed(reason);
        this.#setLeader(undefined, true);
        // Where the session is alive its node would keep others from leading.
        void this.#session.close();
      },
    });
  }

  #setLeader(address: string | undefined, whenOver = false): void {
    if (this.#leader === address || (this.#over && !whenOver)) return;
    this.#leader = address;
    this.#options.listener.leaderChanged(address);
  }
}

function noChildren(error: unknown): string[] {
  if (zooKeeperCodeOf(error) === 'NO_NODE') return [];
  throw error;
}

/**
 * Takes part in the election below `path`: every process makes a node that lives with its session and is numbered; the lowest number
 * leads, each other one watches the one before it. A leader whose session, connection or majority is lost for two thirds of the
 * session timeout is deposed at once and for good, before any other process can lead. Others stay candidates over lost sessions.
 */
export function startZooKeeperElection(options: ZooKeeperElectionOptions): Election {
  return new Candidacy(options);
}
