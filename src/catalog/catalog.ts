import { equalData } from '../common/equal.js';
import type { PathId } from '../common/path-id.js';
import type { CatalogApp, CatalogChange, CatalogInstance, CatalogMessage, CatalogPosition } from './types.js';

/** A consistent view of all apps and their running instances. */
export interface CatalogView {
  readonly position: CatalogPosition;
  readonly apps: ReadonlyMap<PathId, CatalogApp>;
  /** All instances by task id. */
  readonly instances: ReadonlyMap<string, CatalogInstance>;
  /** The instances of one app, in no particular order. */
  instancesOf(appId: PathId): Iterable<CatalogInstance>;
}

function sameOr<T>(known: T | undefined, told: T): T {
  return known !== undefined && equalData(known, told) ? known : told;
}

/** The catalog, kept up to date by messages of the feed. */
export class Catalog implements CatalogView {
  position: CatalogPosition = { epoch: '', seq: 0 };
  readonly apps = new Map<PathId, CatalogApp>();
  readonly instances = new Map<string, CatalogInstance>();
  readonly #byApp = new Map<PathId, Map<string, CatalogInstance>>();

  instancesOf(appId: PathId): Iterable<CatalogInstance> {
    return this.#byApp.get(appId)?.values() ?? [];
  }

  /** Replaces everything. What is equal to what was known before stays the same object. */
  reset(message: CatalogMessage & { type: 'snapshot' }): void {
    const apps = message.apps.map((app) => sameOr(this.apps.get(app.id), app));
    const instances = message.instances.map((instance) => sameOr(this.instances.get(instance.taskId), instance));
    this.apps.clear();
    this.instances.clear();
    this.#byApp.clear();
    this.change({ apps, removedApps: [], instances, removedInstances: [] });
    this.position = { epoch: message.epoch, seq: message.seq };
  }

  /** Takes over what one step changed; costs what it touches. */
  change(change: CatalogChange): void {
    for (const id of change.removedApps) this.apps.delete(id);
    for (const app of change.apps) this.apps.set(app.id, app);
    for (const taskId of change.removedInstances) this.#remove(taskId);
    for (const instance of change.instances) {
      this.#remove(instance.taskId);
      this.instances.set(instance.taskId, instance);
      const ofApp = this.#byApp.get(instance.appId) ?? new Map<string, CatalogInstance>();
      ofApp.set(instance.taskId, instance);
      this.#byApp.set(instance.appId, ofApp);
    }
  }

  /**
   * Applies a message of the feed. False, with nothing changed, when a change does not follow on what is known: the reader
   * must then ask for a snapshot.
   */
  apply(message: CatalogMessage): boolean {
    if (message.type === 'snapshot') {
      this.reset(message);
      return true;
    }
    if (message.epoch !== this.position.epoch || message.seq !== this.position.seq + 1) return false;
    this.change(message);
    this.position = { epoch: message.epoch, seq: message.seq };
    return true;
  }

  #remove(taskId: string): void {
    const old = this.instances.get(taskId);
    if (old === undefined) return;
    this.instances.delete(taskId);
    const ofApp = this.#byApp.get(old.appId);
    ofApp?.delete(taskId);
    if (ofApp?.size === 0) this.#byApp.delete(old.appId);
  }
}
