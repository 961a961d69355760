import zk from 'node-zookeeper-client';
import type { Socket } from 'node:net';
import { messageOf } from '../common/errors.js';
import type { ServerAddress } from './address.js';
import type { ZooKeeperErrorCode } from './errors.js';
import { ZooKeeperError } from './errors.js';
import { FrameReader } from './frames.js';
import type { CreateMode, MultiOperation, NodeStat } from './requests.js';

/** Hears of the connection. Calls come one after the other; what a listener throws breaks the connection. */
export interface WireListener {
  /** A server has confirmed the session, new or old. */
  up(sessionTimeoutMs: number): void;
  /** A server was heard on a confirmed connection. */
  heard(): void;
  /** The connection is gone; another one is being tried. Answers still missing will not come. */
  down(): void;
  /** The servers have ended the session: this wire is of no more use. */
  expired(): void;
  /** The servers do not take the credentials: this wire is of no more use. */
  refused(): void;
}

export interface WireOptions {
  /** Tried in this order, round and round. */
  readonly servers: readonly ServerAddress[];
  readonly sessionTimeoutMs: number;
  readonly credentials?: { readonly user: string; readonly password: string };
  /** With credentials: what is made may be read by anybody all the same. */
  readonly readable: boolean;
  readonly listener: WireListener;
  /** The connection was dropped because what came made no sense, or nothing came in time. */
  readonly dropped: (reason: string) => void;
}

/** Hears once of a change of what it was given to watch, which it was given for once or more often. It does not say which: look. */
export type Watcher = () => void;

/** A session's connection to one server after the other. Requests may be made only while it is up. */
export interface Wire {
  connect(): void;
  create(path: string, data: Buffer, mode: CreateMode): Promise<string>;
  set(path: string, data: Buffer, version: number): Promise<NodeStat>;
  remove(path: string, version: number): Promise<void>;
  get(path: string, watcher?: Watcher): Promise<{ readonly data: Buffer; readonly stat: NodeStat }>;
  /** Undefined: there is no such node; a watcher then hears of its creation. */
  exists(path: string, watcher?: Watcher): Promise<NodeStat | undefined>;
  children(path: string, watcher?: Watcher): Promise<string[]>;
  multi(operations: readonly MultiOperation[]): Promise<void>;
  /** Gives this connection up; the next server is tried. */
  drop(reason: string): void;
  /** Ends the session, where a server can be told within `withinMs`, and the connection in any case. */
  end(withinMs: number): Promise<void>;
}

/** States of the library's ConnectionManager. */
const libraryState = {
  disconnected: 0,
  connecting: 1,
  connected: 2,
  closing: -1,
  closed: -2,
  expired: -3,
  authenticationFailed: -4,
} as const;

/** What is reached into inside of node-zookeeper-client 1.1.3; its version is pinned for that reason. */
interface ConnectionManager {
  servers: ServerAddress[];
  state: number;
  socket?: Socket;
  connectTimeout: number;
  connectTimeoutHandler: NodeJS.Timeout | null;
  sessionTimeout: number;
  pendingBuffer: Buffer | null;
  readonly packetQueue: { queue: unknown[] };
  connect(): void;
  findNextServer(callback: (server: ServerAddress) => void): void;
  onSocketConnected(): void;
  onSocketData(data: Buffer): void;
  on(event: 'state', listener: (state: number) => void): void;
}

interface LibraryTransaction extends zk.Transaction {
  readonly ops: { version?: number }[];
}

const modes: Record<CreateMode, number> = {
  persistent: zk.CreateMode.PERSISTENT,
  shared: zk.CreateMode.PERSISTENT,
  ephemeral: zk.CreateMode.EPHEMERAL,
  persistentSequential: zk.CreateMode.PERSISTENT_SEQUENTIAL,
  ephemeralSequential: zk.CreateMode.EPHEMERAL_SEQUENTIAL,
};

const codes = new Map<number, ZooKeeperErrorCode>([
  [zk.Exception.NO_NODE, 'NO_NODE'],
  [zk.Exception.NODE_EXISTS, 'NODE_EXISTS'],
  [zk.Exception.BAD_VERSION, 'BAD_VERSION'],
  [zk.Exception.NOT_EMPTY, 'NOT_EMPTY'],
  [zk.Exception.NO_AUTH, 'NO_AUTH'],
  [zk.Exception.AUTH_FAILED, 'AUTH_FAILED'],
  [zk.Exception.INVALID_ACL, 'INVALID_ACL'],
  [zk.Exception.NO_CHILDREN_FOR_EPHEMERALS, 'NO_CHILDREN_FOR_EPHEMERALS'],
  [zk.Exception.CONNECTION_LOSS, 'CONNECTION_LOSS'],
  [zk.Exception.SESSION_EXPIRED, 'SESSION_EXPIRED'],
]);

function errorOf(error: unknown, what: string, operation?: number): ZooKeeperError {
  const number = (error as { code?: unknown }).code;
  const code = typeof number === 'number' ? codes.get(number) : 'BAD_REQUEST';
  const more = { maybeApplied: code === 'CONNECTION_LOSS', ...(operation === undefined ? {} : { operation }) };
  const why =
    code === 'NO_AUTH'
      ? 'the node belongs to another user of ZooKeeper (NO_AUTH); user and password are given in the zk:// address'
      : messageOf(error);
  return new ZooKeeperError(code ?? 'SERVER_ERROR', `${what}: ${why}`, more);
}

function statOf(stat: zk.Stat): NodeStat {
  return {
    version: stat.version,
    czxid: stat.czxid.readBigInt64BE(),
    mzxid: stat.mzxid.readBigInt64BE(),
    ephemeralOwner: stat.ephemeralOwner.readBigInt64BE(),
    dataLength: stat.dataLength,
    numChildren: stat.numChildren,
    childrenVersion: stat.cversion,
  };
}

type Callback<Result> = (error: Error | zk.Exception | null | undefined, result: Result) => void;

/** What a call of the library answers; its assertions, which it throws, become rejections. */
function answerOf<Result>(what: string, call: (callback: Callback<Result>) => void): Promise<Result> {
  return new Promise((resolve, reject) => {
    try {
      call((error, result) => {
        if (error) reject(errorOf(error, what));
        else resolve(result);
      });
    } catch (error) {
      reject(errorOf(error, what));
    }
  });
}

/** So long may the first attempt at a server take; each round through all of them gives the next ones as much more. */
function attemptMs(sessionTimeoutMs: number, servers: number): number {
  return Math.max(250, sessionTimeoutMs / (2 * servers));
}

/** Waits between rounds through the servers are random below this. */
const maxSpinMs = 200;

/**
 * The one door to node-zookeeper-client 1.1.3, whose faults are mended here:
 *
 * 1. A connection that breaks within an answer leaves its half in a buffer to which the next connection's bytes are added: frames
 *    are cut here, for each connection anew.
 * 2. What it throws while it reads an answer goes through a socket's handler and ends the process: caught, the connection given up.
 * 3. A server that accepts a connection and says nothing is waited for without end: every attempt has a limit. (That a confirmed
 *    connection falls silent is noticed by the session, client.ts.)
 * 4. Packets that were not sent stay queued over a reconnection, before the credentials and the watches: nothing stays queued, the
 *    session keeps what waits.
 * 5. The timer of an attempt that was given up ends the next attempt: stopped with its attempt.
 * 6. `check`, `set` and `remove` of a transaction take version 0 for any version: put right.
 * 7. A client that is closed while it connects goes on connecting: it finds no server any more.
 * 8. IPv6 literals are cut at their colons: servers are given apart from the text that it parses.
 */
export function createWire(options: WireOptions): Wire {
  const { listener, credentials } = options;
  const servers = options.servers.map(({ host, port }) => ({ host, port }));
  const client = zk.createClient('localhost', {
    sessionTimeout: options.sessionTimeoutMs,
    spinDelay: maxSpinMs,
    retries: 0,
  });
  const manager = (client as unknown as { connectionManager: ConnectionManager }).connectionManager;
  manager.servers = servers;
  const anyone = new zk.Id('world', 'anyone');
  const creator = new zk.Id('auth', '');
  const acl = [new zk.ACL(zk.Permission.ALL, credentials === undefined ? anyone : creator)];
  if (credentials !== undefined && options.readable) acl.push(new zk.ACL(zk.Permission.READ, anyone));
  const shared = [new zk.ACL(zk.Permission.ALL, credentials === undefined ? anyone : creator)];
  if (credentials !== undefined) shared.push(new zk.ACL(zk.Permission.READ | zk.Permission.CREATE, anyone));
  const aclOf = (mode: CreateMode | undefined): zk.ACL[] => (mode === 'shared' ? shared : acl);
  if (credentials !== undefined) {
    client.addAuthInfo('digest', Buffer.from(`${credentials.user}:${credentials.password}`));
  }

  let frames = new FrameReader();
  let ended = false;
  let isUp = false;
  let attempts = 0;
  let attemptTimer: NodeJS.Timeout | undefined;

  function drop(reason: string): void {
    if (!ended) options.dropped(reason);
    manager.socket?.destroy();
  }

  function stopTimers(): void {
    clearTimeout(attemptTimer);
    if (manager.connectTimeoutHandler !== null) clearTimeout(manager.connectTimeoutHandler);
  }

  const connect = manager.connect.bind(manager);
  const findNextServer = manager.findNextServer.bind(manager);
  const onSocketConnected = manager.onSocketConnected.bind(manager);
  const onSocketData = manager.onSocketData.bind(manager);

  manager.connect = () => {
    stopTimers();
    if (ended) return;
    connect();
  };
  manager.findNextServer = (callback) => {
    findNextServer((server) => {
      if (ended) return;
      frames = new FrameReader();
      const limitMs = attemptMs(manager.sessionTimeout, servers.length) * (1 + Math.floor(attempts / servers.length));
      attempts++;
      manager.connectTimeout = 2 ** 30; // this timer is ours
      attemptTimer = setTimeout(() => drop(`no session within ${Math.round(limitMs)} ms`), limitMs);
      callback(server);
    });
  };
  manager.onSocketConnected = () => {
    manager.packetQueue.queue = [];
    onSocketConnected();
  };
  manager.onSocketData = (data) => {
    const { socket } = manager;
    try {
      for (const frame of frames.read(data)) {
        if (socket?.destroyed === true) return;
        manager.pendingBuffer = null;
        onSocketData(frame);
        if (isUp) listener.heard();
      }
    } catch (error) {
      drop(`an answer could not be read: ${messageOf(error)}`);
    }
  };
  manager.on('state', (state) => {
    switch (state) {
      case libraryState.connected:
        stopTimers();
        attempts = 0;
        isUp = true;
        listener.up(manager.sessionTimeout);
        return;
      case libraryState.disconnected:
      case libraryState.closed:
        manager.packetQueue.queue = [];
        stopTimers();
        if (isUp) {
          isUp = false;
          listener.down();
        }
        return;
      case libraryState.expired:
      case libraryState.authenticationFailed:
        ended = true;
        stopTimers();
        isUp = false;
        manager.socket?.destroy();
        if (state === libraryState.expired) listener.expired();
        else listener.refused();
        return;
      default:
        return;
    }
  });

  function multiResultOf(what: string, call: (callback: Callback<unknown>) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      call((error, results) => {
        if (!error) {
          resolve();
          return;
        }
        const failed = Array.isArray(results)
          ? (results as { err?: number }[]).findIndex(
              ({ err }) => err !== undefined && err !== zk.Exception.OK && err !== zk.Exception.RUNTIME_INCONSISTENCY,
            )
          : -1;

        reject(errorOf(error, what, failed < 0 ? undefined : failed));
      });
    });
  }

  return {
    connect: () => client.connect(),
    create: (path, data, mode) =>
      answerOf<string>(`create ${path}`, (done) => client.create(path, data, aclOf(mode), modes[mode], done)),
    set: async (path, data, version) =>
      statOf(await answerOf<zk.Stat>(`set ${path}`, (done) => client.setData(path, data, version, done))),
    remove: (path, version) =>
      answerOf<undefined>(`remove ${path}`, (done) => client.remove(path, version, (error) => done(error, undefined))),
    get: async (path, watcher) => {
      const found = await answerOf<{ data: Buffer; stat: NodeStat } | undefined>(`get ${path}`, (done) => {
        const answer = (error: Error | zk.Exception | null, data: Buffer | undefined, stat: zk.Stat): void => {
          done(error, error ? undefined : { data: data ?? Buffer.alloc(0), stat: statOf(stat) });
        };
        if (watcher === undefined) client.getData(path, answer);
        else client.getData(path, watcher, answer);
      });
      if (found === undefined) throw new Error(`get ${path}: no answer`);
      return found;
    },
    exists: (path, watcher) =>
      answerOf(`exists ${path}`, (done) => {
        const answer = (error: Error | zk.Exception | null, stat: zk.Stat | null): void =>
          done(error, stat === null || stat === undefined ? undefined : statOf(stat));
        if (watcher === undefined) client.exists(path, answer);
        else client.exists(path, watcher, answer);
      }),
    children: (path, watcher) =>
      answerOf<string[]>(`children ${path}`, (done) => {
        if (watcher === undefined) client.getChildren(path, done);
        else client.getChildren(path, watcher, done);
      }),
    multi: async (operations) => {
      const what = `multi of ${operations.length}`;
      const transaction = client.transaction() as LibraryTransaction;
      try {
        for (const operation of operations) {
          if (operation.type === 'create') {
            transaction.create(
              operation.path,
              operation.data,
              aclOf(operation.mode),
              modes[operation.mode ?? 'persistent'],
            );
            continue;
          }
          if (operation.type === 'set') transaction.setData(operation.path, operation.data);
          else if (operation.type === 'remove') transaction.remove(operation.path);
          else transaction.check(operation.path);
          const added = transaction.ops.at(-1);
          if (added !== undefined) added.version = operation.version ?? -1;
        }
      } catch (error) {
        throw errorOf(error, what);
      }
      await multiResultOf(what, (done) => transaction.commit(done));
    },
    drop,
    async end(withinMs) {
      if (ended) return;
      const { socket } = manager;
      if (isUp && socket !== undefined && !socket.destroyed) {
        const gone = new Promise((resolve) => socket.once('close', resolve));
        const timer = setTimeout(() => socket.destroy(), withinMs);
        client.close();
        await gone;
        clearTimeout(timer);
      }
      ended = true;
      stopTimers();
      manager.socket?.destroy();
    },
  };
}
