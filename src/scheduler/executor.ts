import type { CatalogView } from '../catalog/catalog.js';
import type { CatalogChange, CatalogInstance } from '../catalog/types.js';
import { equalData } from '../common/equal.js';
import type { CatalogFeed } from '../catalog/feed.js';
import { checkedTaskOf } from './checked-task.js';
import { hasSchedulerChecks } from './core/health.js';
import type { Outcome } from './core/commands.js';
import { awaitsReadiness } from './core/deployment/readiness-checks.js';
import { hasTask, instanceIdOf } from './core/launch/task-id.js';
import { appOf, definitionOf, runSpecOf } from './core/state.js';
import type { SchedulerState } from './core/state.js';
import type { Turn } from './core/step.js';
import { toCatalogApp, toCatalogInstance } from './api/render/catalog.js';
import type { Instance } from './model/instance.js';
import type { Checker } from './ports/checker.js';
import type { Cluster } from './ports/cluster.js';
import type { Store } from './ports/store.js';
import { readinessTaskOf } from './readiness-task.js';
import type { EventBus } from './service.js';
import type { StateChanges } from './state-changes.js';

export interface ExecutorPorts {
  readonly store: Store;
  readonly cluster: Cluster;
  readonly checker: Checker;
  readonly events: EventBus;
  readonly catalog: CatalogFeed;
  /** Nobody is told when absent. */
  readonly changes?: StateChanges;
  /** Brings the content of a URL into the artifact store; the engine hears of what came of it. */
  readonly download: (url: string) => void;
  readonly reply: (requestId: number, outcome: Outcome) => void;
}

/** Until this leadership has checked an instance itself, its last known health stands. */
function catalogInstance(state: SchedulerState, instance: Instance): CatalogInstance | undefined {
  const health = state.health.get(instance.taskId);
  const record = toCatalogInstance(instance, definitionOf(state, instance), health, !awaitsReadiness(state, instance));
  return record === undefined ? undefined : { ...record, healthy: record.healthy ?? instance.lastHealthy ?? null };
}

/** Tasks that are gone. */
function goneTasksOf(state: SchedulerState, turn: Turn): string[] {
  return [...turn.goneTasks].filter((taskId) => {
    const instance = state.instances.get(instanceIdOf(taskId));
    return instance === undefined || !hasTask(instance, taskId);
  });
}

/** What readers of the catalog, who have seen `known`, are to learn of a turn: what is equal is left out. */
function catalogChange(state: SchedulerState, turn: Turn, known: CatalogView): CatalogChange {
  const apps: CatalogChange['apps'][number][] = [];
  const removedApps: string[] = [];
  for (const id of turn.touchedApps) {
    const app = runSpecOf(state, id);
    const record = app === undefined ? undefined : toCatalogApp(app);
    if (equalData(record, known.apps.get(id))) continue;
    if (record === undefined) removedApps.push(id);
    else apps.push(record);
  }
  const instances: CatalogChange['instances'][number][] = [];
  const removedInstances: string[] = [];
  for (const id of turn.touchedInstances) {
    const instance = state.instances.get(id);
    if (instance === undefined) continue;
    const record = catalogInstance(state, instance);
    if (equalData(record, known.instances.get(instance.taskId))) continue;
    if (record === undefined) removedInstances.push(instance.taskId);
    else instances.push(record);
  }
  for (const taskId of goneTasksOf(state, turn)) if (known.instances.has(taskId)) removedInstances.push(taskId);
  return { apps, removedApps, instances, removedInstances };
}

/** Tells the checker which of the touched tasks are to be checked. */
function updateChecks(state: SchedulerState, turn: Turn, checker: Checker): void {
  for (const id of turn.touchedInstances) {
    const instance = state.instances.get(id);
    if (instance === undefined) continue;
    const readinessTask = readinessTaskOf(state, instance);
    if (readinessTask === undefined) checker.forgetReadiness(instance.taskId);
    else checker.checkReadiness(readinessTask);
    const app = appOf(state, instance);
    if (
      instance.condition === 'Running' &&
      instance.goal === 'Running' &&
      app !== undefined &&
      hasSchedulerChecks(app)
    ) {
      const checked = checkedTaskOf(app, instance);
      if (checked !== undefined) checker.check(checked);
    } else {
      checker.forget(instance.taskId);
    }
  }
  for (const taskId of goneTasksOf(state, turn)) {
    checker.forgetReadiness(taskId);
    checker.forget(taskId);
  }
}

/**
 * The one place where a turn's effects happen, in the order of design.md §3: Persist, Cluster, Publish, Reply. Rejects when
 * persisting fails: what is stored is unknown then, and the process must end.
 */
export async function perform(state: SchedulerState, turn: Turn, ports: ExecutorPorts): Promise<void> {
  const { store, calls, downloads, events, replies } = turn.effects;
  if (store.length > 0) await ports.store.write(store);
  // The calls are on their way in this order; their answers are not waited for, a slow master must not hold up replies.
  if (calls.length > 0) void ports.cluster.send(calls);
  for (const url of downloads) ports.download(url);
  updateChecks(state, turn, ports.checker);
  ports.catalog.publish(catalogChange(state, turn, ports.catalog.view));
  for (const event of events) ports.events.publish(event);
  ports.changes?.publish(turn);
  for (const { requestId, outcome } of replies) ports.reply(requestId, outcome);
}
