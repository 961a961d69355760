import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import type { ClientRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { followFiles } from '../../../common/follow-files.js';
import type { Logger } from '../../../common/logger.js';
import { filesOf } from '../../../http/tls.js';
import type { TlsSource } from '../../../http/tls.js';
import { loadLeaderTls } from './leader-tls.js';
import type { LeaderTarget } from './leader-target.js';

/** The first lines of a request to a leader. */
export interface RequestHead {
  readonly method: string;
  /** As it is written, with the query. */
  readonly path: string;
  /** Names and values in turn, `Host` too. */
  readonly headers: readonly string[];
}

/** How the leader is connected to. */
export interface ConnectionSettings {
  readonly secure: boolean;
  /** The own certificate: whoever shows it, or one that it vouches for, is trusted. */
  readonly tls: TlsSource | undefined;
  readonly ignoresHostname: boolean;
  readonly connectTimeoutMs: number;
  readonly maxOpenConnections: number;
}

/** A leader that was deposed closes its connections; one whose machine is gone does not. In milliseconds. */
const idleMs = 30_000;

/** Of the head of an answer. */
const maxHeaderBytes = 64 << 10;

/** Where sockets come from. */
interface Agents {
  /** Gives a connection to one request after the other. */
  readonly kept: HttpAgent;
  /** Gives each request a connection of its own. */
  readonly single: HttpAgent;
}

async function createAgents(settings: ConnectionSettings): Promise<Agents> {
  const { secure, tls, ignoresHostname, connectTimeoutMs, maxOpenConnections } = settings;
  const keeping = {
    keepAlive: true,
    maxSockets: maxOpenConnections,
    maxFreeSockets: maxOpenConnections,
    timeout: idleMs,
  };
  // Without a limit Node would ask the leader to close the connection: then nobody could tell whether the leader wants to
  const single = { maxSockets: Number.MAX_SAFE_INTEGER };
  // A host of several addresses: one that does not answer must leave time for the next
  const connect = { autoSelectFamilyAttemptTimeout: Math.max(250, Math.floor(connectTimeoutMs / 2)) };
  if (!secure) {
    return { kept: new HttpAgent({ ...connect, ...keeping }), single: new HttpAgent({ ...connect, ...single }) };
  }
  const trust = { ...connect, ...(await loadLeaderTls(tls, ignoresHostname)) };
  return { kept: new HttpsAgent({ ...trust, ...keeping }), single: new HttpsAgent({ ...trust, ...single }) };
}

/** Closes the connection that has waited longest, if any, in favour of a new one. */
function makeRoom({ freeSockets }: HttpAgent): void {
  for (const sockets of Object.values(freeSockets)) {
    const [oldest] = sockets ?? [];
    if (oldest === undefined) continue;
    oldest.destroy();
    return;
  }
}

/** The connections to the leader: those that are in use, and those that wait for their next request. */
export class LeaderConnections {
  readonly #settings: ConnectionSettings;
  readonly #follow: { close(): Promise<void> } | undefined;
  #agents: Promise<Agents> | undefined;

  constructor(settings: ConnectionSettings, logger: Logger) {
    const { secure, tls } = settings;
    this.#settings = settings;
    if (!secure || tls === undefined) return;
    const files = filesOf(tls);
    this.#follow = followFiles(files, {
      // Read when it is needed: connections that are open already close when they have nothing to do
      read: () => Promise.resolve(void (this.#agents = undefined)),
      onError: (err) => logger.warn({ err, files }, 'Changes of these files may go unnoticed'),
    });
  }

  /**
   * Begins a request, whose body is to be written. One that must not be repeated is to get a connection of its own (`single`): one that
   * has waited may be closed at this very moment. The caller sees to it that no more than `maxOpenConnections` are under way; those that
   * wait do not come on top of them. Throws StartupError when the own certificate cannot be read.
   */
  async begin(target: LeaderTarget, head: RequestHead, single: boolean): Promise<ClientRequest> {
    const { host, port } = target;
    const agents = await this.#currentAgents();
    if (single) makeRoom(agents.kept);
    const options = {
      ...head,
      host,
      port,
      maxHeaderSize: maxHeaderBytes,
      agent: single ? agents.single : agents.kept,
    };
    return this.#settings.secure ? httpsRequest(options) : httpRequest(options);
  }

  #currentAgents(): Promise<Agents> {
    if (this.#agents !== undefined) return this.#agents;
    const agents = createAgents(this.#settings);
    this.#agents = agents;
    // What could not be read now may be there for the next request
    agents.catch(() => this.#agents === agents && (this.#agents = undefined));
    return agents;
  }

  /** Breaks the connections that are left. */
  async close(): Promise<void> {
    await this.#follow?.close();
    const agents = await this.#agents?.catch(() => undefined);
    agents?.kept.destroy();
    agents?.single.destroy();
  }
}
