import { parentOf } from '../../common/path-id.js';
import type { PathId } from '../../common/path-id.js';
import type { Timestamp } from '../model/app-definition.js';
import type { Deployment } from '../model/deployment.js';
import type { EndedInstance, KillCause } from '../model/ended-instance.js';
import type { SchedulerEvent } from '../model/events.js';
import type { Group, RootChange } from '../model/group.js';
import type { Health, Instance, PodTermination, TaskFailure } from '../model/instance.js';
import type { Readiness } from '../model/readiness.js';
import { isPod } from '../model/run-spec.js';
import type { RunSpec } from '../model/run-spec.js';
import type { Outcome } from './commands.js';
import type { ClusterCall, Effects, StoreOperation } from './effects.js';
import { storeKeys } from './keys.js';
import { taskIdsOf } from './launch/task-id.js';
import type { MutableState } from './mutable-state.js';
import { servicePortsOf } from './normalize/service-ports.js';
import { comesBefore } from './offer-flow.js';
import type { Turnstile } from './offer-flow.js';
import { leftoverOf } from './resident/leftovers.js';
import type { Leftover } from './resident/leftovers.js';
import { isScheduled } from './resident/phase.js';
import type { KillTarget } from './recovery/kill-queue.js';
import type { CoreSettings } from './settings.js';
import { standingOf } from './standing.js';
import { definitionKey, runSpecOf } from './state.js';
import type { LaunchDelay, QueueEntry, SchedulerState } from './state.js';
import type { Surroundings } from './surroundings.js';
import { toTimestamp } from './timestamps.js';

type AnyCollection = Map<unknown, unknown> | Set<unknown>;

/** Puts what a collection holds into the order of `keys`; each of its keys is among them. */
function reorder(collection: AnyCollection, keys: readonly unknown[]): void {
  const kept = keys.filter((key) => collection.has(key));
  if (collection instanceof Set) {
    collection.clear();
    for (const key of kept) collection.add(key);
    return;
  }
  const entries = kept.map((key) => [key, collection.get(key)] as const);
  collection.clear();
  for (const [key, value] of entries) collection.set(key, value);
}

/** A point to which a Tx can be taken back. */
export interface Mark {
  readonly undo: number;
  readonly store: number;
  readonly calls: number;
  readonly downloads: number;
  readonly events: number;
  readonly replies: number;
}

function hasGoodCheck(health: readonly (Health | undefined)[] | undefined): boolean {
  return health?.some((result) => result?.alive === true) === true;
}

/**
 * One turn's changes: every change of the state goes through here, is noted for undoing, and puts down what must be stored.
 * It also collects what the turn wants done and what it touched, so that all that follows costs only that.
 */
export class Tx {
  readonly #state: MutableState;
  readonly settings: CoreSettings;
  readonly surroundings: Surroundings;
  /** Time of this turn. */
  readonly nowMs: number;
  readonly now: Timestamp;
  readonly #undo: (() => void)[] = [];
  /** The keys of what something was deleted from, in their order before: kept for a turn that leaves no trace. */
  readonly #orders: Map<AnyCollection, readonly unknown[]> | undefined;
  readonly #store: StoreOperation[] = [];
  readonly #calls: ClusterCall[] = [];
  readonly #downloads: string[] = [];
  readonly #events: SchedulerEvent[] = [];
  readonly #replies: { requestId: number; outcome: Outcome }[] = [];
  /** Apps and pods whose instances, definition, deployment or delay changed: they are settled at the end of the turn. */
  readonly dirtyApps = new Set<PathId>();
  /** Those of them that were settled: of which a reader may see something else now. */
  readonly changedApps = new Set<PathId>();
  /** Apps and pods of which more is known that nothing follows from: what became of offers, a health check that has failed again. */
  readonly observedApps = new Set<PathId>();
  readonly touchedApps = new Set<PathId>();
  readonly touchedGroups = new Set<PathId>();
  readonly touchedInstances = new Set<string>();
  /** Ids of tasks that no instance has any more; after a rollback also some that it has again. */
  readonly goneTasks = new Set<string>();
  queueTouched = false;
  /** A role is used that was not, or the roles were never looked at. */
  rolesTouched = false;
  /** Roles for which there is a new reason to expect that offers would be of use. */
  readonly #hopefulRoles = new Set<string>();
  #hopesForAll = false;

  /**
   * `leavesNoTrace`: the turn is going to be taken back, and then what it deletes is to be at its old place again, for readers who list it.
   * This costs a look at the whole of what it deletes from.
   */
  constructor(state: MutableState, settings: CoreSettings, surroundings: Surroundings, leavesNoTrace = false) {
    this.#state = state;
    this.#orders = leavesNoTrace ? new Map<AnyCollection, readonly unknown[]>() : undefined;
    this.settings = settings;
    this.surroundings = surroundings;
    this.nowMs = surroundings.nowMs;
    this.now = toTimestamp(surroundings.nowMs);
  }

  get state(): SchedulerState {
    return this.#state;
  }

  /** Of the master: what offers are held against, beside the settings and the time. */
  get localRegion(): string | undefined {
    return this.#state.localRegion;
  }

  get offerFlow(): MutableState['offerFlow'] {
    return this.#state.offerFlow;
  }

  // ── going back ───────────────────────────────────────────────────────────────────────────────────────────────────

  mark(): Mark {
    return {
      undo: this.#undo.length,
      store: this.#store.length,
      calls: this.#calls.length,
      downloads: this.#downloads.length,
      events: this.#events.length,
      replies: this.#replies.length,
    };
  }

  /** The turn is over: readers see its changes from now on. */
  end(): void {
    if (this.#undo.length > 0) this.#state.changes++;
  }

  /** Takes back everything since `mark`. What was touched stays marked as touched: that only costs a look. */
  rollback(mark: Mark): void {
    for (const undo of this.#undo.splice(mark.undo).reverse()) undo();
    if (mark.undo === 0) for (const [collection, keys] of this.#orders ?? []) reorder(collection, keys);
    this.#store.length = mark.store;
    this.#calls.length = mark.calls;
    this.#downloads.length = mark.downloads;
    this.#events.length = mark.events;
    this.#replies.length = mark.replies;
  }

  effects(): Effects {
    const last = new Map<string, StoreOperation>();
    for (const operation of this.#store) {
      last.delete(operation.key);
      last.set(operation.key, operation);
    }
    return {
      store: [...last.values()],
      calls: this.#calls,
      downloads: this.#downloads,
      events: this.#events,
      replies: this.#replies,
    };
  }

  // ── what is to be done ───────────────────────────────────────────────────────────────────────────────────────────

  call(call: ClusterCall): void {
    this.#calls.push(call);
  }

  publish(event: SchedulerEvent): void {
    this.#events.push(event);
  }

  reply(requestId: number, outcome: Outcome): void {
    this.#replies.push({ requestId, outcome });
  }

  // ── the state ────────────────────────────────────────────────────────────────────────────────────────────────────

  #keepOrder(collection: AnyCollection): void {
    if (this.#orders?.has(collection) === false) this.#orders.set(collection, [...collection.keys()]);
  }

  #set<K, V>(map: Map<K, V>, key: K, value: V | undefined): V | undefined {
    const old = map.get(key);
    if (value === undefined) {
      this.#keepOrder(map);
      map.delete(key);
    } else map.set(key, value);
    this.#undo.push(() => {
      if (old === undefined) map.delete(key);
      else map.set(key, old);
    });
    return old;
  }

  #persist(key: string, value: object | string | undefined): void {
    this.#store.push({ key, value });
  }

  #count<K>(map: Map<K, number>, key: K, by: number): void {
    const count = (map.get(key) ?? 0) + by;
    this.#set(map, key, count === 0 ? undefined : count);
  }

  setFrameworkId(id: string): void {
    const old = this.#state.frameworkId;
    this.#state.frameworkId = id;
    this.#undo.push(() => (this.#state.frameworkId = old));
    this.#persist(storeKeys.frameworkId, id);
  }

  /** `localRegion`: of the master that was last heard of. */
  setConnectedMaster(master: string | undefined, localRegion: string | undefined): void {
    const { connectedMaster, localRegion: oldRegion } = this.#state;
    this.#state.connectedMaster = master;
    this.#state.localRegion = localRegion;
    this.#undo.push(() => {
      this.#state.connectedMaster = connectedMaster;
      this.#state.localRegion = oldRegion;
    });
  }

  setCallbackUrls(urls: ReadonlySet<string>): void {
    const old = this.#state.callbackUrls;
    this.#state.callbackUrls = urls;
    this.#undo.push(() => (this.#state.callbackUrls = old));
    this.#persist(storeKeys.callbackUrls, { urls: [...urls] });
  }

  /** This leader begins to decide. */
  setLoaded(): void {
    const old = this.#state.loadedAt;
    this.#state.loadedAt = this.now;
    this.#undo.push(() => (this.#state.loadedAt = old));
  }

  setEdges(edges: ReadonlySet<string>): void {
    const old = this.#state.edges;
    this.#state.edges = edges;
    this.#undo.push(() => (this.#state.edges = old));
    this.#persist(storeKeys.edges, { edges: [...edges] });
  }

  setOfferFlow(flow: MutableState['offerFlow']): void {
    const old = this.#state.offerFlow;
    this.#state.offerFlow = flow;
    this.#undo.push(() => (this.#state.offerFlow = old));
  }

  /** Makes `runSpec` the current definition of its id, and a version of it. Its group exists. */
  putRunSpec(runSpec: RunSpec): void {
    const { id, version } = runSpec;
    const old = isPod(runSpec) ? this.#set(this.#state.pods, id, runSpec) : this.#set(this.#state.apps, id, runSpec);
    if (old === undefined) this.#addTo('runSpecs', id);
    // The new one first: what both use is used all the time
    this.#countRole(runSpec.role, old?.role);
    this.#countPorts(runSpec, 1);
    this.#countStoreUrls(runSpec, 1);
    if (old !== undefined) {
      this.#countPorts(old, -1);
      this.#countStoreUrls(old, -1);
    }

    const known = this.#state.versions.get(id) ?? [];
    const versions = [...known.filter((v) => v !== version), version];
    const dropped = versions.splice(0, Math.max(0, versions.length - this.settings.maxVersions));
    this.#set(this.#state.versions, id, versions);
    this.#set(this.#state.definitions, definitionKey(id, version), runSpec);
    this.#persist(storeKeys.version(id, version), runSpec);
    this.#persist(isPod(runSpec) ? storeKeys.pod(id) : storeKeys.app(id), { versions });
    if (old !== undefined && old.version !== version) this.#dropUnusedDefinition(id, old.version);
    for (const v of dropped) this.#dropUnusedDefinition(id, v);
    this.touchedApps.add(id);
    this.dirtyApps.add(id);
  }

  /** Forgets an app or pod with its versions; its instances stay until they have ended. */
  removeRunSpec(id: PathId): void {
    const old = this.#set(this.#state.apps, id, undefined) ?? this.#set(this.#state.pods, id, undefined);
    if (old === undefined) return;
    this.#removeFrom('runSpecs', id);
    this.#countRole(undefined, old.role);
    this.#countPorts(old, -1);
    this.#countStoreUrls(old, -1);
    const versions = this.#state.versions.get(id) ?? [];
    this.#set(this.#state.versions, id, undefined);
    this.#persist(isPod(old) ? storeKeys.pod(id) : storeKeys.app(id), undefined);
    for (const version of versions) this.#dropUnusedDefinition(id, version);
    this.setFailure(id, undefined);
    this.setTerminations(id, undefined);
    this.setEnded(id, undefined);
    this.setDelay(id, undefined);
    this.touchedApps.add(id);
    this.dirtyApps.add(id);
  }

  /** Something that had the role `old` has the role `role`. */
  #countRole(role: string | undefined, old: string | undefined): void {
    if (role === old) return;
    if (role !== undefined) {
      this.#count(this.#state.roles, role, 1);
      if (this.#state.roles.get(role) === 1) this.rolesTouched = true;
    }
    if (old !== undefined) this.#count(this.#state.roles, old, -1);
  }

  #countPorts(runSpec: RunSpec, by: 1 | -1): void {
    if (isPod(runSpec)) return;
    const { servicePorts } = this.#state;
    for (const port of servicePortsOf(runSpec)) {
      if (port === 0) continue;
      servicePorts.count(port, by);
      this.#undo.push(() => servicePorts.count(port, by === 1 ? -1 : 1));
    }
  }

  /** What no app wants any more is not remembered; should one want it again, it is asked for again. */
  #countStoreUrls(runSpec: RunSpec, by: 1 | -1): void {
    if (isPod(runSpec)) return;
    for (const url of runSpec.storeUrls) {
      this.#count(this.#state.storeUrls, url, by);
      if (this.#state.storeUrls.has(url)) continue;
      this.#set(this.#state.artifacts, url, undefined);
      this.#set(this.#state.artifactErrors, url, undefined);
    }
  }

  #addTo(kind: 'runSpecs' | 'groups', id: PathId): void {
    const set = this.#state.contents.get(parentOf(id))?.[kind];
    if (set === undefined) throw new Error(`${id} is put where there is no group`);
    if (set.has(id)) return;
    set.add(id);
    this.#undo.push(() => set.delete(id));
  }

  #removeFrom(kind: 'runSpecs' | 'groups', id: PathId): void {
    const set = this.#state.contents.get(parentOf(id))?.[kind];
    if (set === undefined) return;
    this.#keepOrder(set);
    if (set.delete(id)) this.#undo.push(() => set.add(id));
  }

  /** Sets what a group has of its own; the group around it exists. */
  putGroup(group: Group): void {
    const old = this.#set(this.#state.groups, group.id, group);
    if (old === undefined) {
      this.#set(this.#state.contents, group.id, { runSpecs: new Set<PathId>(), groups: new Set<PathId>() });
      this.#addTo('groups', group.id);
    }
    this.#persist(storeKeys.group(group.id), group);
    this.touchedGroups.add(group.id);
  }

  /** Removes a group in which nothing lies any more. */
  removeGroup(id: PathId): void {
    const contents = this.#state.contents.get(id);
    if (contents === undefined) return;
    if (contents.runSpecs.size + contents.groups.size > 0) throw new Error(`group ${id} is not empty`);
    this.#set(this.#state.groups, id, undefined);
    this.#set(this.#state.contents, id, undefined);
    this.#removeFrom('groups', id);
    this.#persist(storeKeys.group(id), undefined);
    this.touchedGroups.add(id);
  }

  /** Writes down how a change is undone that is about to be made; the oldest one is forgotten when there are too many. */
  recordChange(change: RootChange): void {
    const old = this.#state.history;
    const history = [...old, change];
    const dropped = history.splice(0, Math.max(0, history.length - this.settings.maxVersions));
    this.#state.history = history;
    this.#undo.push(() => (this.#state.history = old));
    this.#persist(storeKeys.rootChange(change.version), change);
    const keeps = this.#state.historyKeeps;
    for (const { id, from } of change.runSpecs) {
      if (from === undefined) continue;
      const key = definitionKey(id, from);
      keeps.add(key);
      this.#undo.push(() => keeps.delete(key));
    }
    for (const { version, runSpecs } of dropped) {
      this.#persist(storeKeys.rootChange(version), undefined);
      for (const { id, from } of runSpecs) {
        if (from === undefined) continue;
        const key = definitionKey(id, from);
        if (!keeps.delete(key)) continue;
        this.#undo.push(() => keeps.add(key));
        this.#dropUnusedDefinition(id, from);
      }
    }
  }

  /**
   * A definition is kept in memory while it is current or an instance runs it, and in the store while one of the two histories (of the app,
   * of the root group) has it, too.
   */
  #dropUnusedDefinition(id: PathId, version: Timestamp): void {
    if (runSpecOf(this.#state, id)?.version === version) return;
    if (this.#state.tallies.versionsOf(id).includes(version)) return;
    const key = definitionKey(id, version);
    this.#set(this.#state.definitions, key, undefined);
    if (this.#state.historyKeeps.has(key) || this.#state.versions.get(id)?.includes(version) === true) return;
    this.#persist(storeKeys.version(id, version), undefined);
  }

  /** Makes a definition known, in memory and in the store, that an instance is about to run; the current one is known already. */
  keepDefinition(runSpec: RunSpec): void {
    const key = definitionKey(runSpec.id, runSpec.version);
    if (this.#state.definitions.has(key)) return;
    this.#set(this.#state.definitions, key, runSpec);
    this.#persist(storeKeys.version(runSpec.id, runSpec.version), runSpec);
  }

  /** Asks for the content of a URL to be brought into the artifact store, unless it is being brought already. */
  download(url: string): void {
    const { resolving } = this.#state;
    if (resolving.has(url)) return;
    resolving.add(url);
    this.#undo.push(() => resolving.delete(url));
    this.#set(this.#state.artifactErrors, url, undefined);
    this.#downloads.push(url);
  }

  /** What came of a download; of no interest if nobody wants it any more. */
  setArtifact(url: string, result: { readonly uri: string } | { readonly error: string }): void {
    const { resolving } = this.#state;
    if (resolving.delete(url)) this.#undo.push(() => resolving.add(url));
    if (!this.#state.storeUrls.has(url)) return;
    if ('uri' in result) {
      this.#set(this.#state.artifacts, url, result.uri);
      this.#set(this.#state.artifactErrors, url, undefined);
    } else this.#set(this.#state.artifactErrors, url, result.error);
  }

  putInstance(instance: Instance): void {
    const old = this.#set(this.#state.instances, instance.id, instance);
    this.#countRole(instance.role, old?.role);
    this.#countStanding(instance);
    if (old === undefined) {
      const ids = this.#state.instancesOf.get(instance.appId) ?? new Set<string>();
      this.#set(this.#state.instancesOf, instance.appId, ids);
      ids.add(instance.id);
      this.#undo.push(() => ids.delete(instance.id));
    } else {
      const isNewTask = old.taskId !== instance.taskId;
      const hasEnded = instance.condition === 'Scheduled' && old.condition !== 'Scheduled';
      if (isNewTask || hasEnded) this.#forgetTasks(old);
      if (old.appVersion !== instance.appVersion) this.#dropUnusedDefinition(old.appId, old.appVersion);
    }
    this.#countScheduled(instance, isScheduled(instance));
    this.#persist(storeKeys.instance(instance.id), instance);
    this.touchedInstances.add(instance.id);
    this.dirtyApps.add(instance.appId);
  }

  removeInstance(instance: Instance): void {
    this.#countRole(undefined, this.#set(this.#state.instances, instance.id, undefined)?.role);
    this.#countStanding(instance);
    this.#forgetTasks(instance);
    const ids = this.#state.instancesOf.get(instance.appId);
    if (ids?.delete(instance.id) === true) {
      this.#undo.push(() => ids.add(instance.id));
      if (ids.size === 0) this.#set(this.#state.instancesOf, instance.appId, undefined);
    }
    this.#countScheduled(instance, false);
    // What is reserved for it is to be given back, whoever forgets it
    if (instance.reservation !== undefined) this.putLeftover(leftoverOf(instance, this.now, this.nowMs));
    this.setDeadline(`instance:${instance.id}`, undefined);
    this.hopeForOffers();
    this.#persist(storeKeys.instance(instance.id), undefined);
    this.#dropUnusedDefinition(instance.appId, instance.appVersion);
    this.touchedInstances.add(instance.id);
    this.dirtyApps.add(instance.appId);
  }

  /** Something has changed of what the standing of an instance depends on. */
  #countStanding({ id, appId, appVersion }: Instance): void {
    const instance = this.#state.instances.get(id);
    const standing = instance === undefined ? undefined : standingOf(this.#state, instance);
    const undo = this.#state.tallies.set({ id, appId, appVersion }, standing);
    if (undo !== undefined) this.#undo.push(undo);
  }

  #countScheduled({ id, appId }: Instance, isNow: boolean): void {
    const { scheduled } = this.#state;
    const known = scheduled.get(appId);
    if ((known?.has(id) ?? false) === isNow) return;
    const ids = known ?? new Set<string>();
    if (isNow) ids.add(id);
    else ids.delete(id);
    this.#undo.push(() => (isNow ? ids.delete(id) : ids.add(id)));
    if (ids.size === 0) this.#set(scheduled, appId, undefined);
    else if (known === undefined) this.#set(scheduled, appId, ids);
  }

  /** Offers are wanted for the sake of a place that is to be given back, as long as its record says. */
  putLeftover(leftover: Leftover): void {
    const old = this.#set(this.#state.leftovers, leftover.instanceId, leftover);
    this.#countRole(leftover.role, old?.role);
    this.#persist(storeKeys.leftover(leftover.instanceId), leftover);
    const { wantedUntilMs } = leftover;
    this.setDeadline(`leftover:${leftover.instanceId}`, wantedUntilMs > this.nowMs ? wantedUntilMs : undefined);
    this.queueTouched = true;
  }

  removeLeftover(instanceId: string): void {
    const old = this.#set(this.#state.leftovers, instanceId, undefined);
    if (old === undefined) return;
    this.#countRole(undefined, old.role);
    this.#persist(storeKeys.leftover(instanceId), undefined);
    this.setDeadline(`leftover:${instanceId}`, undefined);
    this.queueTouched = true;
  }

  /** What is known of the tasks of an instance goes with them. */
  #forgetTasks(instance: Instance): void {
    for (const taskId of taskIdsOf(instance)) {
      this.#set(this.#state.health, taskId, undefined);
      this.#set(this.#state.readiness, taskId, undefined);
      this.goneTasks.add(taskId);
    }
  }

  /** `changed`: all checks together say something else than before; a mere repetition concerns nobody but who reads the results. */
  setHealth(instance: Instance, health: readonly (Health | undefined)[], changed: boolean): void {
    const before = this.#set(this.#state.health, instance.taskId, health);
    // Edges may be content with one good check.
    if (hasGoodCheck(before) !== hasGoodCheck(health)) this.touchedInstances.add(instance.id);
    if (!changed) {
      if (health.some((result) => result?.alive === false)) this.observedApps.add(instance.appId);
      return;
    }
    this.#countStanding(instance);
    this.touchedInstances.add(instance.id);
    this.dirtyApps.add(instance.appId);
  }

  /** Only becoming ready concerns others than who reads the results. */
  setReadiness(instance: Instance, readiness: Readiness): void {
    this.#set(this.#state.readiness, instance.taskId, readiness);
    this.#countStanding(instance);
    this.observedApps.add(instance.appId);
    if (!readiness.ready) return;
    this.touchedInstances.add(instance.id);
    this.dirtyApps.add(instance.appId);
  }

  putDeployment(deployment: Deployment): void {
    const isNew = this.#set(this.#state.deployments, deployment.id, deployment) === undefined;
    if (isNew) {
      for (const { id } of deployment.affected) {
        this.#set(this.#state.locks, id, deployment.id);
        this.dirtyApps.add(id);
      }
    }
    this.#persist(storeKeys.deployment(deployment.id), deployment);
  }

  removeDeployment(deployment: Deployment): void {
    this.#set(this.#state.deployments, deployment.id, undefined);
    this.#set(this.#state.pending, deployment.id, undefined);
    for (const { id } of deployment.affected) {
      if (this.#state.locks.get(id) === deployment.id) this.#set(this.#state.locks, id, undefined);
      this.dirtyApps.add(id);
    }
    this.#persist(storeKeys.deployment(deployment.id), undefined);
  }

  /** The apps whose action in the deployment's current step is not done. */
  pendingOf(deploymentId: string): ReadonlySet<PathId> {
    return this.#state.pending.get(deploymentId) ?? new Set();
  }

  /** All actions of the deployment's current step are to be done. */
  startStep(deployment: Deployment): void {
    const ids = deployment.steps[deployment.currentStep]?.actions.map((a) => a.id) ?? [];
    this.#set(this.#state.pending, deployment.id, new Set(ids));
    for (const id of ids) this.dirtyApps.add(id);
  }

  finishAction(deploymentId: string, app: PathId): void {
    const pending = this.#state.pending.get(deploymentId);
    if (pending?.delete(app) === true) this.#undo.push(() => pending.add(app));
  }

  /** Puts something at the end of what waits to be killed, or takes it out. */
  setKillWaiting(key: string, target: KillTarget | undefined): void {
    if (target !== undefined || this.#state.killsWaiting.has(key)) this.#set(this.#state.killsWaiting, key, target);
  }

  setKillInFlight(key: string, target: KillTarget | undefined): void {
    if (target !== undefined || this.#state.killsInFlight.has(key)) this.#set(this.#state.killsInFlight, key, target);
  }

  setFailure(appId: PathId, failure: TaskFailure | undefined): void {
    if (failure === undefined && !this.#state.failures.has(appId)) return;
    this.#set(this.#state.failures, appId, failure);
    this.#persist(storeKeys.failure(appId), failure);
  }

  /** How the latest instances of an app or pod ended; in memory only. */
  setEnded(id: PathId, ended: readonly EndedInstance[] | undefined): void {
    if (ended === undefined && !this.#state.ended.has(id)) return;
    this.#set(this.#state.ended, id, ended);
  }

  /** Why an instance is to end; in memory only. */
  setKillCause(instanceId: string, cause: KillCause | undefined): void {
    if (cause === undefined && !this.#state.killCauses.has(instanceId)) return;
    this.#set(this.#state.killCauses, instanceId, cause);
  }

  /** How the latest instances of a pod ended. */
  setTerminations(podId: PathId, terminations: readonly PodTermination[] | undefined): void {
    if (terminations === undefined && !this.#state.terminations.has(podId)) return;
    this.#set(this.#state.terminations, podId, terminations);
    this.#persist(storeKeys.terminations(podId), terminations === undefined ? undefined : { terminations });
  }

  setDelay(appId: PathId, delay: LaunchDelay | undefined): void {
    const old = this.#set(this.#state.delays, appId, delay);
    if (delay === undefined && old !== undefined) this.hopeForOffers();
    this.setDeadline(
      `delay:${appId}`,
      delay === undefined ? undefined : this.nowMs < delay.untilMs ? delay.untilMs : delay.forgetAtMs,
    );
    this.dirtyApps.add(appId);
  }

  setQueueEntry(appId: PathId, entry: QueueEntry | undefined): void {
    const old = this.#set(this.#state.queue, appId, entry);
    if (old?.role !== entry?.role) {
      if (entry !== undefined) this.#count(this.#state.queuedRoles, entry.role, 1);
      if (old !== undefined) this.#count(this.#state.queuedRoles, old.role, -1);
    }
    if (old?.since !== entry?.since) this.#forgetQueueOrder(entry === undefined);
    this.observedApps.add(appId);
    this.queueTouched = true;
  }

  /** What has left the queue may stay in its order. */
  #forgetQueueOrder(hasLeft: boolean): void {
    const known = this.#state.queueOrder;
    if (!hasLeft) this.#state.queueOrder = undefined;
    this.#undo.push(() => (this.#state.queueOrder = known));
  }

  /** The queue in the order in which offers are held against it; some may have left it since they were put in order. */
  get queueOrder(): readonly Turnstile[] {
    const { queue } = this.#state;
    const known = this.#state.queueOrder;
    // At most half of it is of the past
    if (known !== undefined && known.length <= 2 * queue.size) return known;
    const order = [...queue.values()]
      .map(({ since, appId }) => ({ since, appId }))
      .sort((a, b) => (comesBefore(a, b) ? -1 : 1));
    this.#state.queueOrder = order;
    return order;
  }

  /**
   * There is a new reason to expect that offers to a role (undefined = to any) would be of use: more is wanted, a delay is over, resources
   * came free.
   */
  hopeForOffers(role?: string): void {
    if (role === undefined) this.#hopesForAll = true;
    else this.#hopefulRoles.add(role);
  }

  /** Whether `hopeForOffers` was called in this turn. */
  get offersHoped(): boolean {
    return this.#hopesForAll || this.#hopefulRoles.size > 0;
  }

  /** The same for one role. */
  hopesForOffers(role: string): boolean {
    return this.#hopesForAll || this.#hopefulRoles.has(role);
  }

  /**
   * Keys: `instance:<id>` (kill retry, overdue launch, unreachable, reservation not seen), `leftover:<instance id>`, `kill:<unknown task>`, `delay:<app id>`,
   * `revive:<role>`, `reconcile`, `tokens`, `offers`, `constraints`.
   */
  setDeadline(key: string, atMs: number | undefined): void {
    const old = this.#state.deadlines.get(key);
    if (old === atMs) return;
    this.#state.deadlines.set(key, atMs);
    this.#undo.push(() => this.#state.deadlines.set(key, old));
  }

  /** The keys whose time has come; they have no deadline any more. */
  takeDueDeadlines(): readonly string[] {
    const due = this.#state.deadlines.takeDue(this.nowMs);
    // A step that failed is tried again, but not in every millisecond.
    const retryMs = this.nowMs + 1000;
    this.#undo.push(() => {
      for (const key of due) this.#state.deadlines.set(key, retryMs);
    });
    return due;
  }

  /** When the next tick is due. */
  nextWakeMs(): number | undefined {
    return this.#state.deadlines.nextMs();
  }
}
