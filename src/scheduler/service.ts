import type { EdgeRegistry } from '../catalog/edges.js';
import type { CatalogFeed } from '../catalog/feed.js';
import type { PathId } from '../common/path-id.js';
import type { AbdicationWish } from './abdication.js';
import type { Command, Outcome } from './core/commands.js';
import type { PlannableCommand, PlanOutcome } from './core/plan/plan-command.js';
import type { SchedulerState } from './core/state.js';
import type { DrainWatch } from './drain/drain-watch.js';
import type { GroupSnapshot } from './core/groups/group-snapshot.js';
import type { AppDefinition, Timestamp } from './model/app-definition.js';
import type { SchedulerEvent } from './model/events.js';
import type { PodDefinition } from './model/pod-definition.js';
import type { SchedulerOptions } from './options.js';
import type { StateChanges } from './state-changes.js';
import type { Timeline } from './timeline/timeline.js';

/** Events that the API itself makes, next to those of the core. */
export type ApiEvent = {
  readonly type: 'event_stream_attached' | 'event_stream_detached';
  readonly remoteAddress: string;
};

/** An event on the bus, with the time when it was published. */
export interface PublishedEvent {
  readonly event: SchedulerEvent | ApiEvent;
  readonly timestamp: Timestamp;
}

/** The event bus: whoever listens hears each event once, in order, after the state that it tells of can be read. */
export interface EventBus {
  /** Returns the function that ends the subscription. */
  subscribe(listener: (published: PublishedEvent) => void): () => void;
  publish(event: SchedulerEvent | ApiEvent): void;
}

/** What the REST API needs of the scheduler. */
export interface SchedulerService {
  readonly options: SchedulerOptions;
  /** The state as of the last step; read only. */
  readonly state: SchedulerState;
  readonly events: EventBus;
  readonly catalog: CatalogFeed;
  /** What each turn changes of the state. */
  readonly changes: StateChanges;
  /** What has happened to each app and pod. */
  readonly timeline: Timeline;
  /** Who follows the catalog. */
  readonly edges: EdgeRegistry;
  /** What they are to let go of before it is killed. */
  readonly drains: DrainWatch;
  /** Decides a command; resolves when its effects are durable and published. Rejects when the process is about to end. */
  execute(command: Command): Promise<Outcome>;
  /** What a command would do now; nothing is done, and nothing is asked for. */
  plan(command: PlannableCommand): PlanOutcome;
  /** An old or the current definition of an app; undefined when that version is not known. */
  definition(id: PathId, version: Timestamp): Promise<AppDefinition | undefined>;
  /** The same for a pod. */
  podDefinition(id: PathId, version: Timestamp): Promise<PodDefinition | undefined>;
  /** A group with its content at a version of the root group; undefined when that version is not known or had no such group. */
  groupAt(id: PathId, version: Timestamp): Promise<GroupSnapshot | undefined>;
  /** Whether this process may act as the leader at this very moment; absent where there is no election. */
  leading?(): boolean;
  /**
   * Gives up the leadership, after a backup or a restore where one is wished for: the process ends a moment after this resolves, and its
   * supervisor starts it again. Rejects with RequestedFileError or AbdicationError.
   */
  abdicate?(wish: AbdicationWish): Promise<void>;
}
