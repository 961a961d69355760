import { keyOf } from '../../catalog/edges.js';
import type { EdgeRegistry, EdgeState } from '../../catalog/edges.js';
import type { CatalogFeed } from '../../catalog/feed.js';
import type { CatalogMessage } from '../../catalog/types.js';
import { equalData } from '../../common/equal.js';
import type { PathId } from '../../common/path-id.js';
import type { Clock } from '../../common/time.js';
import type { Input } from '../core/inputs.js';
import { instanceIdOf } from '../core/launch/task-id.js';
import type { SchedulerState } from '../core/state.js';
import type { Timestamp } from '../model/app-definition.js';

/** Edges that the leader before this one knew are waited for so long: they have to find this one first. */
const patienceMs = 10_000;
/** How often it is looked whether an edge is given up; each word of an edge is heeded at once. */
const everyMs = 1_000;

export interface DrainWatchParts {
  readonly edges: EdgeRegistry;
  readonly feed: CatalogFeed;
  readonly state: Pick<SchedulerState, 'edges' | 'instances'>;
  readonly submit: (input: Input & { readonly type: 'edges' | 'drained' }) => void;
  readonly clock: Clock;
}

/** An instance that is about to be killed, and who holds that up. */
export interface Drain {
  readonly taskId: string;
  readonly appId: PathId;
  /** When it is killed in any case. */
  readonly until: Timestamp;
  /** Edges (`role host:port`) that have not let go of it. */
  readonly waitsFor: readonly string[];
}

export interface DrainWatch {
  /** At most `limit` of the instances that are being drained. */
  drains(limit: number): Drain[];
  close(): Promise<void>;
}

/** Whether an edge has withdrawn an instance: it acts on that, and a load balancer has no session with it any more. */
function hasWithdrawn({ role, seq, drained }: EdgeState, taskId: string, since: number): boolean {
  return seq !== undefined && seq >= since && (role === 'dns' || drained.has(taskId));
}

/**
 * Tells the core who follows the catalog, and which instances that are about to be killed nobody uses any more: all live edges have
 * withdrawn them (design.md §3).
 */
export function watchDrains({ edges, feed, state, submit, clock }: DrainWatchParts): DrainWatch {
  const beganAtMs = clock();
  /** What the core was last told. */
  let told: readonly string[] = [...state.edges].sort();
  /** Tasks that are drained, and the change that told the edges so. */
  const waiting = new Map<string, number>();

  function note(message: CatalogMessage): void {
    if (message.type !== 'change') return;
    for (const taskId of message.removedInstances) waiting.delete(taskId);
    for (const { taskId, draining } of message.instances) {
      if (draining !== true) waiting.delete(taskId);
      else if (isAwaited(taskId) && !waiting.has(taskId)) waiting.set(taskId, message.seq);
    }
  }

  function isAwaited(taskId: string): boolean {
    return state.instances.get(instanceIdOf(taskId))?.drainUntil !== undefined;
  }

  /** Edges of the leader before, which have had no time to come back. */
  function missing(live: ReadonlySet<string>): string[] {
    return clock() - beganAtMs < patienceMs ? [...state.edges].filter((key) => !live.has(key)) : [];
  }

  function look(): void {
    const live = edges.edges().filter(({ isLive }) => isLive);
    const keys = new Set(live.map(keyOf));
    const absent = missing(keys);
    const known = [...keys, ...absent].sort();
    if (!equalData(known, told)) {
      told = known;
      submit({ type: 'edges', edges: known });
    }
    if (waiting.size === 0 || absent.length > 0) return;
    const instanceIds: string[] = [];
    for (const [taskId, since] of waiting) {
      if (isAwaited(taskId) && !live.every((edge) => hasWithdrawn(edge, taskId, since))) continue;
      waiting.delete(taskId);
      if (isAwaited(taskId)) instanceIds.push(instanceIdOf(taskId));
    }
    if (instanceIds.length > 0) submit({ type: 'drained', instanceIds });
  }

  // What was drained when the leader before ended is told of with the first snapshot
  for (const { taskId, draining } of feed.view.instances.values()) {
    if (draining === true && isAwaited(taskId)) waiting.set(taskId, feed.view.position.seq);
  }
  const endFeed = feed.subscribe(feed.view.position, (message) => {
    note(message);
    if (waiting.size > 0) look();
  });
  const endEdges = edges.subscribe(look);
  const timer = setInterval(look, everyMs);
  return {
    drains(limit) {
      const live = edges.edges().filter(({ isLive }) => isLive);
      const absent = missing(new Set(live.map(keyOf)));
      const found: Drain[] = [];
      for (const [taskId, since] of waiting) {
        const instance = state.instances.get(instanceIdOf(taskId));
        if (instance?.drainUntil === undefined) continue;
        if (found.length >= limit) break;
        const holding = live.filter((edge) => !hasWithdrawn(edge, taskId, since)).map(keyOf);
        found.push({ taskId, appId: instance.appId, until: instance.drainUntil, waitsFor: [...holding, ...absent] });
      }
      return found;
    },
    close() {
      clearInterval(timer);
      endEdges();
      endFeed();
      return Promise.resolve();
    },
  };
}
