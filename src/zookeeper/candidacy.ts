import { randomUUID } from 'node:crypto';
import { messageOf } from '../common/errors.js';
import type { Logger } from '../common/logger.js';
import { sleep } from '../common/time.js';
import { inOrder } from './candidates.js';
import type { ZooKeeperClient } from './client.js';
import { ZooKeeperError, zooKeeperCodeOf } from './errors.js';
import { keepSession } from './keep-session.js';
import type { Lease } from './lease.js';
import { holdLease } from './lease.js';
import { childPath, ensurePath } from './paths.js';

/** Leadership by a node in ZooKeeper, with the session that the node lives in. */
export interface HeldNode {
  /** The node's path. */
  readonly candidate: string;
  /** A session that ends takes the leadership along. Closed by the candidacy. */
  readonly client: ZooKeeperClient;
}

/** Hears of a candidacy, one call after the other. */
export interface CandidacyListener {
  /** This process leads from now on, until `deposed`. Called once at most. */
  elected(held: HeldNode): void;
  /** It does not lead any more, and never will again: another process may lead as soon as this returns. */
  deposed(reason: string): void;
  /** What the node of the leader holds; undefined while there is none, or none is known. */
  leaderChanged(data: string | undefined): void;
}

export interface CandidacyOptions {
  /** Makes a session; called again when one is over before this process was elected. */
  readonly open: () => ZooKeeperClient;
  /** Where the candidates' nodes are; made when it is not there. */
  readonly folder: string;
  /** What is above it belongs to others as well; default: above `folder`. */
  readonly own?: string;
  /** The content of this process's node. */
  readonly data: string;
  /**
   * What names of candidates begin with; nodes that begin otherwise are none, and no other candidate may have the same `data`. When
   * not given, each session has a word of its own, and every numbered node is a candidate.
   */
  readonly prefix?: string;
  readonly listener: CandidacyListener;
  readonly logger: Logger;
  /** In [0, 1). */
  readonly random: () => number;
}

/** The part of this process in an election. */
export interface Candidacy {
  /** The content of the leader's node, which may be this process's; undefined while there is none, or none is known. */
  readonly leader: string | undefined;
  /** Whether this process may act as the leader at this very moment. */
  readonly leading: boolean;
  /** How many other candidates there are, by what the servers say; undefined when they cannot be asked. */
  others(): Promise<number | undefined>;
  /** Gives up leadership or candidacy, so that another process can lead at once. Nothing is called any more. */
  close(): Promise<void>;
}

/** After a request that failed, before the next look. */
const retryMs = 200;
/** After one that is refused until somebody changes the rights of the nodes, or the password here. */
const refusedRetryMs = 5_000;

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

/** One session's part in the election. */
interface Attempt {
  readonly client: ZooKeeperClient;
  readonly signal: AbortSignal;
  /** The beginning of its node's name. */
  readonly prefix: string;
  /** Its node was asked for: it may be there though the answer is lost. */
  asked: boolean;
  /** Its node's name, once that was found. */
  name: string | undefined;
  /** To be called when another look is due. */
  readonly changed: () => void;
}

class ZooKeeperCandidacy implements Candidacy {
  readonly #options: CandidacyOptions;
  readonly #session: { close(): Promise<void> };
  #client: ZooKeeperClient | undefined;
  #leader: string | undefined;
  #lease: Lease | undefined;
  #elected = false;
  #over = false;

  constructor(options: CandidacyOptions) {
    this.#options = options;
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

  async others(): Promise<number | undefined> {
    const client = this.#client;
    if (client?.state !== 'connected') return undefined;
    const names = await this.#candidates(client).catch(() => undefined);
    return names && Math.max(0, names.length - 1);
  }

  async close(): Promise<void> {
    this.#over = true;
    this.#lease?.end();
    await this.#session.close();
  }

  /** Takes part as long as the session lasts. */
  async #follow(client: ZooKeeperClient, signal: AbortSignal): Promise<void> {
    this.#client = client;
    const bell = new Bell();
    const stop = client.onState((state) => {
      if (state === 'disconnected') this.#setLeader(undefined);
      if (state === 'connected') bell.ring();
    });
    signal.addEventListener('abort', () => this.#setLeader(undefined), { once: true });
    // A word of its own marks the node of this session, so that it is found again when the answer to its making is lost.
    const prefix = this.#options.prefix ?? `${randomUUID()}-`;
    const attempt: Attempt = { client, signal, prefix, asked: false, name: undefined, changed: bell.ring };
    /** Why the last look failed: told once. */
    let trouble: string | undefined;
    try {
      while (!signal.aborted && !this.#over) {
        try {
          await this.#look(attempt);
          trouble = undefined;
          await bell.heard(signal);
        } catch (error) {
          if (!(error instanceof ZooKeeperError) || signal.aborted) throw error;
          // A node that went between two looks is no fault.
          if (error.code === 'NO_NODE') continue;
          const reason = messageOf(error);
          if (reason !== trouble)
            this.#options.logger.warn({ reason }, 'the election cannot be followed, trying again');
          trouble = reason;
          await sleep(error.code === 'NO_AUTH' ? refusedRetryMs : retryMs, signal);
        }
      }
    } finally {
      stop();
    }
  }

  /** The names of all candidates, the first leads. */
  async #candidates(client: ZooKeeperClient): Promise<string[]> {
    const { folder, prefix } = this.#options;
    const names = inOrder(await client.children(folder).catch(noChildren));
    return prefix === undefined ? names : names.filter((name) => name.startsWith(prefix));
  }

  /** The node of this session among the candidates. */
  async #mine(attempt: Attempt, names: readonly string[]): Promise<string | undefined> {
    const { client, prefix, asked, name: known } = attempt;
    if (!asked) return undefined;
    if (this.#options.prefix === undefined) return names.find((name) => name.startsWith(prefix));
    if (known !== undefined) return names.find((name) => name === known);
    for (const name of names) {
      const found = await client.get(childPath(this.#options.folder, name)).catch(noNode);
      if (found?.data.toString() === this.#options.data) attempt.name = name;
    }
    return attempt.name;
  }

  /** Looks who leads, and lets `changed` be called when that may have changed. */
  async #look(attempt: Attempt): Promise<void> {
    const { client, signal, changed } = attempt;
    const { folder, own = folder, data } = this.#options;
    let names = await this.#candidates(client);
    let mine = await this.#mine(attempt, names);
    if (mine === undefined) {
      // The lease tells when a leader's node is gone.
      if (this.#elected) return;
      await ensurePath(client, folder, own);
      attempt.asked = true;
      attempt.name = undefined;
      await client.create(childPath(folder, attempt.prefix), Buffer.from(data), 'ephemeralSequential');
      names = await this.#candidates(client);
      mine = await this.#mine(attempt, names);
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
    // The one before this one, so that not all are woken at each change; and the first one, whose content is to be known.
    const before = names[names.indexOf(mine) - 1] ?? first;
    if (before !== first && (await client.exists(childPath(folder, before), changed)) === undefined) changed();
    const leader = await client.get(childPath(folder, first), changed);
    if (!signal.aborted) this.#setLeader(leader.data.toString());
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
        this.#setLeader(this.#options.data);
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

  #setLeader(data: string | undefined, whenOver = false): void {
    if (this.#leader === data || (this.#over && !whenOver)) return;
    this.#leader = data;
    this.#options.listener.leaderChanged(data);
  }
}

function noChildren(error: unknown): string[] {
  if (zooKeeperCodeOf(error) === 'NO_NODE') return [];
  throw error;
}

function noNode(error: unknown): undefined {
  if (zooKeeperCodeOf(error) === 'NO_NODE') return undefined;
  throw error;
}

/**
 * Takes part in the election in `folder`: every process makes a node that lives with its session and is numbered; the lowest number
 * leads, each other one watches the one before it. A leader whose session, connection or majority is lost for two thirds of the
 * session timeout is deposed at once and for good, before any other process can lead. Others stay candidates over lost sessions.
 */
export function startCandidacy(options: CandidacyOptions): Candidacy {
  return new ZooKeeperCandidacy(options);
}
