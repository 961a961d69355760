import type { Clock } from '../common/time.js';
import type { CatalogFeed } from './feed.js';
import type { CatalogMessage, CatalogPosition } from './types.js';

/** What an edge is: a name server or a load balancer. */
export const edgeRoles = ['dns', 'lb'] as const;
export type EdgeRole = (typeof edgeRoles)[number];

/** How an edge introduces itself when it opens the stream. */
export interface EdgeAnnouncement {
  /** Its name among those of its role, the same after a restart: `host:port`. */
  readonly edge: string;
  readonly role: EdgeRole;
  /** Base URL of its HTTP API. */
  readonly apiUrl?: string | undefined;
  /** A secret of its own: a request that brings it comes through a scheduler that it has introduced itself to. */
  readonly proof?: string | undefined;
}

/** An edge's word that it acts on everything up to a position. */
export interface Receipt extends CatalogPosition {
  readonly edge: string;
  readonly role: EdgeRole;
  /** Task ids of those draining instances that nobody uses through it any more. */
  readonly drained?: readonly string[];
}

/** An edge as it is known now. */
export interface EdgeState extends EdgeAnnouncement {
  /** It has a stream open, or was heard of a moment ago. */
  readonly isLive: boolean;
  /** Where it says it is; undefined while it has said nothing of this epoch. */
  readonly seq: number | undefined;
  readonly seenAtMs: number;
  readonly drained: ReadonlySet<string>;
}

/** One change of the catalog, and when which edge had it. */
export interface Propagation {
  readonly seq: number;
  readonly publishedAtMs: number;
  /** The apps that it was about, at most `maxApps` of them. */
  readonly apps: readonly string[];
  /** Milliseconds from the publication to the edge's receipt, by `role edge`; those that it reached so far. */
  readonly reached: ReadonlyMap<string, number>;
  /** Edges that were live when it was published and have not said that they have it. */
  readonly missing: readonly string[];
}

/** After an edge's last stream was closed, or its last receipt, it counts as live for so long (design.md §3). */
const liveMs = 10_000;
/** An edge that was not heard of for so long is forgotten. */
const forgottenMs = 10 * 60_000;
const maxEdges = 1_000;
const maxChanges = 512;
const maxApps = 32;

interface Edge {
  /** Of the stream that was opened last among those that are open; of the last one when none is. */
  announcement: EdgeAnnouncement;
  /** As each stream that is open was introduced, in their order. */
  readonly streams: EdgeAnnouncement[];
  seenAtMs: number;
  seq: number | undefined;
  drained: ReadonlySet<string>;
}

interface Change {
  readonly seq: number;
  readonly publishedAtMs: number;
  readonly apps: readonly string[];
  readonly reached: Map<string, number>;
  readonly awaited: ReadonlySet<string>;
}

/** How an edge is named among all: `role host:port`. */
export function keyOf({ role, edge }: Pick<EdgeAnnouncement, 'role' | 'edge'>): string {
  return `${role} ${edge}`;
}

/**
 * The edges that follow a catalog: who they are, how far each of them is, and how long each change took to each of them. Bounded: the
 * last 512 changes, 1,000 edges.
 */
export class EdgeRegistry {
  readonly #feed: CatalogFeed;
  readonly #clock: Clock;
  readonly #edges = new Map<string, Edge>();
  readonly #changes: Change[] = [];
  readonly #listeners = new Set<() => void>();
  /** By task id: a change does not say what app an instance that is gone belonged to. */
  readonly #appOf = new Map<string, string>();

  constructor(feed: CatalogFeed, clock: Clock) {
    this.#feed = feed;
    this.#clock = clock;
    for (const { taskId, appId } of feed.view.instances.values()) this.#appOf.set(taskId, appId);
    feed.subscribe(feed.view.position, (message) => this.#onMessage(message));
  }

  get position(): CatalogPosition {
    return this.#feed.view.position;
  }

  /** An edge opened a stream; the returned function is called when that is closed. */
  open(announcement: EdgeAnnouncement): () => void {
    const edge = this.#edgeOf(announcement);
    if (edge === undefined) return () => undefined;
    edge.announcement = announcement;
    // It may have been started anew, and know nothing yet; if not, it says so again at once
    if (edge.streams.length === 0) {
      edge.seq = undefined;
      edge.drained = new Set();
    }
    edge.streams.push(announcement);
    this.#tell();
    let open = true;
    return () => {
      if (!open) return;
      open = false;
      edge.streams.splice(edge.streams.indexOf(announcement), 1);
      edge.announcement = edge.streams.at(-1) ?? announcement;
      edge.seenAtMs = this.#clock();
      this.#tell();
    };
  }

  /**
   * Takes over what an edge says. Of another epoch it only shows that the edge lives. A position that is not there yet, or before the
   * one that it told, changes nothing.
   */
  receive(receipt: Receipt): void {
    const edge = this.#edgeOf({ edge: receipt.edge, role: receipt.role });
    const { epoch, seq: newest } = this.position;
    if (edge === undefined || receipt.epoch !== epoch || receipt.seq > newest) return;
    edge.drained = new Set(receipt.drained ?? []);
    if (edge.seq === undefined || receipt.seq > edge.seq) this.#advance(edge, receipt.seq);
    this.#tell();
  }

  /** An edge has got so far: it has had the changes up to there. */
  #advance(edge: Edge, seq: number): void {
    const key = keyOf(edge.announcement);
    for (let i = this.#changes.length - 1; i >= 0; i--) {
      const change = this.#changes[i] as Change;
      if (edge.seq !== undefined && change.seq <= edge.seq) break;
      // One that began later has got it with its first snapshot, which says nothing about how long it took
      if (change.seq > seq || !change.awaited.has(key) || change.reached.has(key)) continue;
      change.reached.set(key, Math.max(0, edge.seenAtMs - change.publishedAtMs));
    }
    edge.seq = seq;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Calls `listener` whenever an edge came, went or said something. Returns the function that ends that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** All that are known, in the order in which they were first heard of. */
  edges(): EdgeState[] {
    this.#forget();
    return Array.from(this.#edges.values(), (edge) => ({
      ...edge.announcement,
      isLive: this.#isLive(edge),
      seq: edge.seq,
      seenAtMs: edge.streams.length > 0 ? this.#clock() : edge.seenAtMs,
      drained: edge.drained,
    }));
  }

  /** The last changes, the newest first; of one app where one is named. */
  changes(limit: number, app?: string): Propagation[] {
    const found: Propagation[] = [];
    for (let i = this.#changes.length - 1; i >= 0 && found.length < limit; i--) {
      const { awaited, ...change } = this.#changes[i] as Change;
      if (app !== undefined && !change.apps.includes(app)) continue;
      found.push({ ...change, missing: [...awaited].filter((key) => !change.reached.has(key)) });
    }
    return found;
  }

  #onMessage(message: CatalogMessage): void {
    if (message.type !== 'change') return;
    const ids = [
      ...message.apps.map(({ id }) => id),
      ...message.removedApps,
      ...message.instances.map(({ appId }) => appId),
      ...message.removedInstances.flatMap((taskId) => this.#appOf.get(taskId) ?? []),
    ];
    for (const { taskId, appId } of message.instances) this.#appOf.set(taskId, appId);
    for (const taskId of message.removedInstances) this.#appOf.delete(taskId);
    const awaited = [...this.#edges].filter(([, edge]) => this.#isLive(edge)).map(([key]) => key);
    this.#changes.push({
      seq: message.seq,
      publishedAtMs: this.#clock(),
      apps: [...new Set(ids)].slice(0, maxApps),
      reached: new Map(),
      awaited: new Set(awaited),
    });
    if (this.#changes.length > maxChanges) this.#changes.shift();
  }

  #isLive({ streams, seenAtMs }: Edge): boolean {
    return streams.length > 0 || this.#clock() - seenAtMs < liveMs;
  }

  /** Notes that an edge was heard of; undefined when there are too many. */
  #edgeOf(announcement: EdgeAnnouncement): Edge | undefined {
    const key = keyOf(announcement);
    let edge = this.#edges.get(key);
    if (edge === undefined) {
      if (this.#edges.size >= maxEdges) this.#forget();
      if (this.#edges.size >= maxEdges) return undefined;
      edge = { announcement, streams: [], seenAtMs: 0, seq: undefined, drained: new Set() };
      this.#edges.set(key, edge);
    }
    edge.seenAtMs = this.#clock();
    return edge;
  }

  #forget(): void {
    for (const [key, edge] of this.#edges) {
      if (edge.streams.length === 0 && this.#clock() - edge.seenAtMs > forgottenMs) this.#edges.delete(key);
    }
  }
}
