import { parentOf } from '../../common/path-id.js';
import type { PathId } from '../../common/path-id.js';
import type { AppDefinition, Timestamp } from '../model/app-definition.js';
import type { Deployment } from '../model/deployment.js';
import type { SchedulerEvent } from '../model/events.js';
import type { Health, Instance, TaskFailure } from '../model/instance.js';
import type { Outcome } from './commands.js';
import type { ClusterCall, Effects, StoreOperation } from './effects.js';
import { storeKeys } from './keys.js';
import type { MutableState } from './mutable-state.js';
import { servicePortsOf } from './normalize/service-ports.js';
import type { CoreSettings } from './settings.js';
import { definitionKey } from './state.js';
import type { LaunchDelay, QueueEntry, SchedulerState } from './state.js';
import type { Surroundings } from './surroundings.js';
import { toTimestamp } from './timestamps.js';

/** A point to which a Tx can be taken back. */
export interface Mark {
  readonly undo: number;
  readonly store: number;
  readonly calls: number;
  readonly events: number;
  readonly replies: number;
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
  readonly #store: StoreOperation[] = [];
  readonly #calls: ClusterCall[] = [];
  readonly #events: SchedulerEvent[] = [];
  readonly #replies: { requestId: number; outcome: Outcome }[] = [];
  /** Apps whose instances, definition, deployment or delay changed: they are settled at the end of the turn. */
  readonly dirtyApps = new Set<PathId>();
  readonly touchedApps = new Set<PathId>();
  readonly touchedInstances = new Set<string>();
  queueTouched = false;
  offersHoped = false;

  constructor(state: MutableState, settings: CoreSettings, surroundings: Surroundings) {
    this.#state = state;
    this.settings = settings;
    this.surroundings = surroundings;
    this.nowMs = surroundings.nowMs;
    this.now = toTimestamp(surroundings.nowMs);
  }

  get state(): SchedulerState {
    return this.#state;
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
      events: this.#events.length,
      replies: this.#replies.length,
    };
  }

  /** Takes back everything since `mark`. What was touched stays marked as touched: that only costs a look. */
  rollback(mark: Mark): void {
    for (const undo of this.#undo.splice(mark.undo).reverse()) undo();
    this.#store.length = mark.store;
    this.#calls.length = mark.calls;
    this.#events.length = mark.events;
    this.#replies.length = mark.replies;
  }

  effects(): Effects {
    const last = new Map<string, StoreOperation>();
    for (const operation of this.#store) {
      last.delete(operation.key);
      last.set(operation.key, operation);
    }
    return { store: [...last.values()], calls: this.#calls, events: this.#events, replies: this.#replies };
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

  #set<K, V>(map: Map<K, V>, key: K, value: V | undefined): V | undefined {
    const old = map.get(key);
    if (value === undefined) map.delete(key);
    else map.set(key, value);
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

  setConnectedMaster(master: string | undefined): void {
    const old = this.#state.connectedMaster;
    this.#state.connectedMaster = master;
    this.#undo.push(() => (this.#state.connectedMaster = old));
  }

  setOfferFlow(flow: MutableState['offerFlow']): void {
    const old = this.#state.offerFlow;
    this.#state.offerFlow = flow;
    this.#undo.push(() => (this.#state.offerFlow = old));
  }

  /** Makes `app` the current definition of its id, and a version of it. */
  putApp(app: AppDefinition): void {
    const old = this.#set(this.#state.apps, app.id, app);
    if (old === undefined) this.#countGroups(app.id, 1);
    else this.#countPorts(old, -1);
    this.#countPorts(app, 1);

    const known = this.#state.versions.get(app.id) ?? [];
    const versions = [...known.filter((v) => v !== app.version), app.version];
    const dropped = versions.splice(0, Math.max(0, versions.length - this.settings.maxVersions));
    this.#set(this.#state.versions, app.id, versions);
    this.#set(this.#state.definitions, definitionKey(app.id, app.version), app);
    if (old !== undefined && old.version !== app.version) this.#dropUnusedDefinition(app.id, old.version);

    this.#persist(storeKeys.version(app.id, app.version), app);
    this.#persist(storeKeys.app(app.id), { versions });
    // A version that an instance still runs stays, even when the history is full.
    for (const version of dropped) {
      if (!this.#state.definitions.has(definitionKey(app.id, version))) {
        this.#persist(storeKeys.version(app.id, version), undefined);
      }
    }
    this.touchedApps.add(app.id);
    this.dirtyApps.add(app.id);
  }

  /** Forgets an app with its versions; its instances stay until they have ended. */
  removeApp(id: PathId): void {
    const old = this.#set(this.#state.apps, id, undefined);
    if (old === undefined) return;
    this.#countGroups(id, -1);
    this.#countPorts(old, -1);
    const versions = this.#state.versions.get(id) ?? [];
    this.#set(this.#state.versions, id, undefined);
    this.#persist(storeKeys.app(id), undefined);
    this.#dropUnusedDefinition(id, old.version);
    for (const version of versions) {
      if (!this.#state.definitions.has(definitionKey(id, version)))
        this.#persist(storeKeys.version(id, version), undefined);
    }
    this.setFailure(id, undefined);
    this.setDelay(id, undefined);
    this.touchedApps.add(id);
    this.dirtyApps.add(id);
  }

  #countPorts(app: AppDefinition, by: number): void {
    for (const port of servicePortsOf(app)) if (port > 0) this.#count(this.#state.servicePorts, port, by);
  }

  #countGroups(id: PathId, by: number): void {
    for (let group = parentOf(id); ; group = parentOf(group)) {
      this.#count(this.#state.groups, group, by);
      if (group === '/') return;
    }
  }

  /** A definition is kept in memory while it is current or an instance runs it, and in the store while it is in the history, too. */
  #dropUnusedDefinition(appId: PathId, version: Timestamp): void {
    if (this.#state.apps.get(appId)?.version === version) return;
    for (const id of this.#state.instancesOf.get(appId) ?? []) {
      if (this.#state.instances.get(id)?.appVersion === version) return;
    }
    this.#set(this.#state.definitions, definitionKey(appId, version), undefined);
    if (this.#state.versions.get(appId)?.includes(version) !== true) {
      this.#persist(storeKeys.version(appId, version), undefined);
    }
  }

  putInstance(instance: Instance): void {
    const old = this.#set(this.#state.instances, instance.id, instance);
    if (old === undefined) {
      const ids = this.#state.instancesOf.get(instance.appId) ?? new Set<string>();
      this.#set(this.#state.instancesOf, instance.appId, ids);
      ids.add(instance.id);
      this.#undo.push(() => ids.delete(instance.id));
    }
    this.#persist(storeKeys.instance(instance.id), instance);
    this.touchedInstances.add(instance.id);
    this.dirtyApps.add(instance.appId);
  }

  removeInstance(instance: Instance): void {
    this.#set(this.#state.instances, instance.id, undefined);
    this.#set(this.#state.health, instance.taskId, undefined);
    const ids = this.#state.instancesOf.get(instance.appId);
    if (ids?.delete(instance.id) === true) {
      this.#undo.push(() => ids.add(instance.id));
      if (ids.size === 0) this.#set(this.#state.instancesOf, instance.appId, undefined);
    }
    this.setDeadline(`instance:${instance.id}`, undefined);
    this.hopeForOffers();
    this.#persist(storeKeys.instance(instance.id), undefined);
    this.#dropUnusedDefinition(instance.appId, instance.appVersion);
    this.touchedInstances.add(instance.id);
    this.dirtyApps.add(instance.appId);
  }

  /** `changed`: all checks together say something else than before; a mere repetition concerns nobody but who reads the results. */
  setHealth(instance: Instance, health: readonly (Health | undefined)[], changed: boolean): void {
    this.#set(this.#state.health, instance.taskId, health);
    if (!changed) return;
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
    const apps = deployment.steps[deployment.currentStep]?.actions.map((a) => a.app) ?? [];
    this.#set(this.#state.pending, deployment.id, new Set(apps));
    for (const id of apps) this.dirtyApps.add(id);
  }

  finishAction(deploymentId: string, app: PathId): void {
    const pending = this.#state.pending.get(deploymentId);
    if (pending?.delete(app) === true) this.#undo.push(() => pending.add(app));
  }

  setFailure(appId: PathId, failure: TaskFailure | undefined): void {
    if (failure === undefined && !this.#state.failures.has(appId)) return;
    this.#set(this.#state.failures, appId, failure);
    this.#persist(storeKeys.failure(appId), failure);
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
    this.#set(this.#state.queue, appId, entry);
    this.queueTouched = true;
  }

  /** There is a new reason to expect that offers would be of use: more is wanted, a delay is over, resources came free. */
  hopeForOffers(): void {
    this.offersHoped = true;
  }

  /** Keys: `instance:<id>` (kill retry, overdue launch, unreachable), `delay:<app id>`, `reconcile`, `revive`. */
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
