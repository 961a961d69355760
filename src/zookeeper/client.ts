import { UsageError } from '../common/errors.js';
import type { Logger } from '../common/logger.js';
import { formatServer } from './address.js';
import type { ServerAddress } from './address.js';
import { ZooKeeperError } from './errors.js';
import type { CreateMode, MultiOperation, NodeStat } from './requests.js';
import { RequestQueue } from './request-queue.js';
import type { Watcher, Wire } from './wire.js';
import { createWire } from './wire.js';

/**
 * Where a session stands:
 * - `connecting`: there is none yet.
 * - `connected`: a server was heard less than two thirds of the session timeout ago.
 * - `suspended`: the connection broke, another is being tried; the session is certainly still there.
 * - `disconnected`: no server was heard for two thirds of the session timeout; soon others may see the session end. Attempts go on,
 *   and when one succeeds in time it is `connected` again.
 * - `expired`, `refused` (the credentials), `closed`: over, for good.
 */
export type SessionState = 'connecting' | 'connected' | 'suspended' | 'disconnected' | 'expired' | 'refused' | 'closed';

export interface ZooKeeperOptions {
  /** At least one; they are tried in random order. */
  readonly servers: readonly ServerAddress[];
  /** Asked for; the servers may give less or more (sessionTimeoutMs of the client). */
  readonly sessionTimeoutMs: number;
  /** Of the `digest` scheme. Nodes are made so that only their creator may read and change them; without, anybody may. */
  readonly credentials?: { readonly user: string; readonly password: string };
  /** With credentials: what is made may be read by anybody all the same. */
  readonly readable?: boolean;
  /** A request fails when it was not sent, or not answered, for so long; as long as a session when not given. */
  readonly requestTimeoutMs?: number;
  readonly logger: Logger;
  /** In [0, 1). */
  readonly random: () => number;
  /** Milliseconds of a clock that never jumps. */
  readonly monotonicMs?: () => number;
}

/**
 * One session with ZooKeeper, over one connection after the other. Requests wait while there is no connection. Those that only read
 * are repeated on the next connection when one breaks; those that write fail with CONNECTION_LOSS then, because the servers may
 * have carried them out (`maybeApplied`). Requests are carried out in the order in which they are made, but for what is repeated.
 * All reject with ZooKeeperError. Paths are absolute.
 */
export interface ZooKeeperClient {
  readonly state: SessionState;
  /** What the servers gave; what was asked for until there is a session. */
  readonly sessionTimeoutMs: number;
  /** When a server was last heard, by the monotonic clock; -Infinity before the first time. */
  readonly lastHeardMs: number;
  /** Calls `listener` at every change of the state from now on; returns what ends that. */
  onState(listener: (state: SessionState) => void): () => void;
  /** Resolves when connected. Rejects when the session is over, or after `withinMs`. */
  connected(withinMs?: number): Promise<void>;
  /** Returns the path, with the digits of a sequential node. */
  create(path: string, data: Buffer, mode?: CreateMode): Promise<string>;
  set(path: string, data: Buffer, version?: number): Promise<NodeStat>;
  remove(path: string, version?: number): Promise<void>;
  /** A watcher hears once of a change of the data or the end of the node. */
  get(path: string, watcher?: Watcher): Promise<{ readonly data: Buffer; readonly stat: NodeStat }>;
  /** Undefined when there is no such node. A watcher hears once of its beginning, change or end. */
  exists(path: string, watcher?: Watcher): Promise<NodeStat | undefined>;
  /** Names, in no order. A watcher hears once of a node that came or went. */
  children(path: string, watcher?: Watcher): Promise<string[]>;
  /** All operations or none. Above 1 MB together they are refused: the servers would drop the connection. */
  multi(operations: readonly MultiOperation[]): Promise<void>;
  /** Ends the session, so that its ephemeral nodes go at once; takes a second at most, whatever the servers do. */
  close(): Promise<void>;
}

const maxCloseMs = 1_000;

/** Of a request: what the servers take unless their `jute.maxbuffer` says otherwise. */
const maxRequestBytes = 0xfffff;
/** What an operation has in a request beside its path and data, and the digest of its user: rights, mode, type. */
const operationBytes = 150;

function bytesOf(operations: readonly MultiOperation[]): number {
  const size = (operation: MultiOperation): number =>
    operationBytes + Buffer.byteLength(operation.path) + ('data' in operation ? operation.data.length : 0);
  return operations.reduce((sum, operation) => sum + size(operation), 0);
}

/** Part of the session timeout after which a server that is not heard counts as lost. */
const silence = 2 / 3;

function shuffled<Thing>(things: readonly Thing[], random: () => number): Thing[] {
  const rest = [...things];
  const result: Thing[] = [];
  while (rest.length > 0) result.push(...rest.splice(Math.floor(random() * rest.length), 1));
  return result;
}

class Session implements ZooKeeperClient {
  readonly #options: ZooKeeperOptions;
  readonly #monotonicMs: () => number;
  readonly #logger: Logger;
  readonly #wire: Wire;
  readonly #requests: RequestQueue;
  readonly #listeners = new Set<(state: SessionState) => void>();
  #state: SessionState = 'connecting';
  #sessionTimeoutMs: number;
  #lastHeardMs = -Infinity;
  #silenceTimer: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;
  #lastReason: string | undefined;

  constructor(options: ZooKeeperOptions) {
    if (options.servers.length === 0) throw new UsageError('no ZooKeeper server is given');
    this.#options = options;
    this.#logger = options.logger;
    this.#monotonicMs = options.monotonicMs ?? (() => performance.now());
    this.#sessionTimeoutMs = options.sessionTimeoutMs;
    this.#requests = new RequestQueue({
      timeoutMs: options.requestTimeoutMs ?? options.sessionTimeoutMs,
      unanswered: (ms) => this.#wire.drop(`a request was not answered within ${ms} ms`),
    });
    this.#wire = createWire({
      servers: shuffled(options.servers, options.random),
      sessionTimeoutMs: options.sessionTimeoutMs,
      ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
      readable: options.readable ?? false,
      dropped: (reason) => this.#dropped(reason),
      listener: {
        up: (timeoutMs) => this.#up(timeoutMs),
        heard: () => (this.#lastHeardMs = this.#monotonicMs()),
        down: () => this.#down(),
        expired: () =>
          this.#over('expired', new ZooKeeperError('SESSION_EXPIRED', 'the ZooKeeper session has expired')),
        refused: () =>
          this.#over('refused', new ZooKeeperError('AUTH_FAILED', 'ZooKeeper refuses the user and password')),
      },
    });
    this.#wire.connect();
  }

  get state(): SessionState {
    return this.#state;
  }

  get sessionTimeoutMs(): number {
    return this.#sessionTimeoutMs;
  }

  get lastHeardMs(): number {
    return this.#lastHeardMs;
  }

  onState(listener: (state: SessionState) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  connected(withinMs?: number): Promise<void> {
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        stop();
        settle();
      };
      const look = (): void => {
        if (this.#state === 'connected') finish(resolve);
        else if (this.#isOver()) finish(() => reject(this.#overError()));
      };
      const stop = this.onState(look);
      if (withinMs !== undefined) {
        timer = setTimeout(() => {
          const servers = this.#options.servers.map(formatServer).join(',');
          const why = `no ZooKeeper server of ${servers} gave a session within ${withinMs} ms`;
          finish(() => reject(new ZooKeeperError('CONNECTION_LOSS', why)));
        }, withinMs);
      }
      look();
    });
  }

  create(path: string, data: Buffer, mode: CreateMode = 'persistent'): Promise<string> {
    return this.#requests.add(`create ${path}`, 'write', () => this.#wire.create(path, data, mode));
  }

  set(path: string, data: Buffer, version = -1): Promise<NodeStat> {
    return this.#requests.add(`set ${path}`, 'write', () => this.#wire.set(path, data, version));
  }

  remove(path: string, version = -1): Promise<void> {
    return this.#requests.add(`remove ${path}`, 'write', () => this.#wire.remove(path, version));
  }

  get(path: string, watcher?: Watcher): Promise<{ readonly data: Buffer; readonly stat: NodeStat }> {
    return this.#requests.add(`get ${path}`, 'read', () => this.#wire.get(path, watcher));
  }

  exists(path: string, watcher?: Watcher): Promise<NodeStat | undefined> {
    return this.#requests.add(`exists ${path}`, 'read', () => this.#wire.exists(path, watcher));
  }

  children(path: string, watcher?: Watcher): Promise<string[]> {
    return this.#requests.add(`children ${path}`, 'read', () => this.#wire.children(path, watcher));
  }

  multi(operations: readonly MultiOperation[]): Promise<void> {
    const bytes = bytesOf(operations);
    // A server whose jute.maxbuffer is lower drops the connection without a word: the size is what tells why
    const what = `multi of ${operations.length} (${bytes} bytes)`;
    if (bytes > maxRequestBytes) {
      const why = `${what}: ZooKeeper's servers take ${maxRequestBytes} bytes in one request (jute.maxbuffer)`;
      return Promise.reject(new ZooKeeperError('BAD_REQUEST', why));
    }
    return this.#requests.add(what, 'write', () => this.#wire.multi(operations));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const wasOver = this.#isOver();
    if (!wasOver) this.#over('closed', new ZooKeeperError('CLOSED', 'the ZooKeeper client is closed'));
    await this.#wire.end(wasOver ? 0 : maxCloseMs);
  }

  #isOver(): boolean {
    return this.#state === 'expired' || this.#state === 'refused' || this.#state === 'closed';
  }

  #overError(): ZooKeeperError {
    return this.#requests.overBecause ?? new ZooKeeperError('CLOSED', 'the ZooKeeper client is closed');
  }

  #up(timeoutMs: number): void {
    if (this.#isOver()) return;
    this.#sessionTimeoutMs = timeoutMs;
    this.#lastHeardMs = this.#monotonicMs();
    this.#lastReason = undefined;
    this.#watchSilence();
    this.#setState('connected');
    this.#requests.open();
  }

  #down(): void {
    this.#requests.shut();
    if (this.#state === 'connected') this.#setState('suspended');
  }

  #dropped(reason: string): void {
    if (this.#isOver() || this.#lastReason === reason) return;
    this.#lastReason = reason;
    this.#logger.warn({ reason }, 'a connection to ZooKeeper was given up');
  }

  #over(state: 'expired' | 'refused' | 'closed', error: ZooKeeperError): void {
    clearTimeout(this.#silenceTimer);
    this.#requests.end(error);
    this.#setState(state);
  }

  /** Rings when no server was heard for two thirds of the session timeout. */
  #watchSilence(): void {
    clearTimeout(this.#silenceTimer);
    const limitMs = this.#sessionTimeoutMs * silence;
    const leftMs = this.#lastHeardMs + limitMs - this.#monotonicMs();
    if (leftMs > 0) {
      this.#silenceTimer = setTimeout(() => this.#watchSilence(), Math.ceil(leftMs));
      return;
    }
    const reason = `no ZooKeeper server was heard for ${Math.round(limitMs)} ms`;
    this.#setState('disconnected');
    this.#wire.drop(reason);
  }

  #setState(state: SessionState): void {
    if (state === this.#state || this.#isOver()) return;
    this.#state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }
}

/** Begins a session; returns at once, while it is being made. */
export function openZooKeeper(options: ZooKeeperOptions): ZooKeeperClient {
  return new Session(options);
}
