import type { CatalogView } from '../../catalog/catalog.js';
import type { CatalogApp, CatalogMessage } from '../../catalog/types.js';
import type { PathId } from '../../common/path-id.js';
import { namesOfApp, namesOfTask, schedulerFramework } from '../plan/catalog-task.js';
import type { Generated } from '../records/generated.js';
import type { RecordOptions } from '../records/options.js';
import type { Owner, TaskKey, View, ViewFramework, ViewTask } from '../records/view.js';
import type { ZoneChange } from '../served/zone-change.js';
import { absenceOf } from './absence.js';
import { OwnerNames } from './owner-names.js';
import type { Expecting } from './owner-names.js';
import { appText, tasksText } from './reason-texts.js';

/** So many names have a reason at a time; the others are explained over HTTP. */
const maxReasons = 10_000;
/** So many owners of a name are asked why they have no record there. */
const maxAsked = 200;
/** So many names of one owner count: a task with a thousand named ports has thousands. */
const maxNamesOfOwner = 500;
/** So many apps of one name are told of. */
const maxApps = 3;
/** So many apps are brought up to date in one turn. */
const appsPerTurn = 64;

type Reason = ZoneChange['reasons'][number];

export const appOwner = (id: PathId): Expecting => `app ${id}`;

/** The task that an owner is; undefined when it is none, or one that is gone. */
export function taskOf(view: View, owner: Expecting): ViewTask | undefined {
  return owner.startsWith('task ') ? view.tasks.get(owner.slice('task '.length) as TaskKey) : undefined;
}

/**
 * Who has names in the zone, or should have them, and why a name has no records though somebody may expect them: of tasks that do not
 * run, or that nothing can be made of, and of apps without such tasks. A change costs the names that it touches.
 */
export class Reasons {
  /** All names that somebody has or should have. */
  readonly names = new OwnerNames();
  readonly #view: View;
  readonly #options: RecordOptions;
  readonly #notReady: () => string;
  readonly #hasRecords: (name: string) => boolean;
  /** Names whose reason may be another one. */
  readonly #dirty = new Set<string>();
  readonly #dirtyApps = new Set<PathId>();
  /** Those whose names are known. */
  readonly #apps = new Set<PathId>();
  #catalog: CatalogView | undefined;
  /** Of the framework that the scheduler is: the names of apps hold it. A guess until one of its tasks is known. */
  #frameworkName: string | undefined;
  readonly #told = new Map<string, string>();

  /** `notReady`: why the zone is not served, while it is not. `hasRecords`: whether a name is in the zone. */
  constructor(parts: {
    view: View;
    options: RecordOptions;
    notReady: () => string;
    hasRecords: (name: string) => boolean;
  }) {
    this.#view = parts.view;
    this.#options = parts.options;
    this.#notReady = parts.notReady;
    this.#hasRecords = parts.hasRecords;
  }

  /** Takes note of an owner whose records were made anew, after they are in the zone. */
  follow(owner: Owner, { records, avoided }: Generated): void {
    const names = new Set(records.map(({ name }) => name));
    const task = avoided === true ? undefined : taskOf(this.#view, owner);
    const framework = task === undefined ? undefined : this.#view.frameworks.get(task.frameworkId);
    if (task !== undefined && framework !== undefined && absenceOf(this.#view, task, this.#options) !== undefined) {
      for (const name of namesOfTask(task, framework, this.#options)) names.add(name);
    }
    this.#set(owner, names);
  }

  /** Takes note of what a message changed in `catalog`. */
  followCatalog(catalog: CatalogView, message: CatalogMessage): void {
    this.#catalog = catalog;
    const gone = message.type === 'snapshot' ? this.#apps : message.removedApps;
    for (const id of gone) this.#dirtyApps.add(id);
    for (const { id } of message.apps) this.#dirtyApps.add(id);
  }

  /** What the scheduler tells, once it does. */
  get catalog(): CatalogView | undefined {
    return this.#catalog;
  }

  /** There are apps left to be brought up to date. */
  get hasMore(): boolean {
    return this.#dirtyApps.size > 0;
  }

  /** What became different since this was last called; `synced`: the zone is served. */
  take(synced: boolean): Reason[] {
    this.#takeApps();
    const changes: Reason[] = [];
    for (const name of this.#dirty) this.#tell(name, this.#reasonOf(name), changes);
    this.#dirty.clear();
    this.#tell(this.#options.domain, synced ? undefined : this.#notReady(), changes);
    return changes;
  }

  /** How many names have a reason. */
  get size(): number {
    return this.#told.size;
  }

  /** What was told of a name. */
  reasonOf(name: string): string | undefined {
    return this.#told.get(name);
  }

  /** All reasons that were told. */
  all(): Reason[] {
    return [...this.#told];
  }

  #tell(name: string, reason: string | undefined, changes: Reason[]): void {
    const told = this.#told.get(name);
    if (reason === told) return;
    if (reason === undefined) {
      this.#told.delete(name);
      changes.push([name, null]);
    } else if (told !== undefined || this.#told.size < maxReasons) {
      this.#told.set(name, reason);
      changes.push([name, reason]);
    }
  }

  #set(owner: Expecting, names: Iterable<string>): void {
    const list: string[] = [];
    for (const name of names) {
      if (list.length === maxNamesOfOwner) break;
      list.push(name);
    }
    for (const name of this.names.namesOf(owner)) this.#dirty.add(name);
    for (const name of list) this.#dirty.add(name);
    this.names.set(owner, list);
  }

  #takeApps(): void {
    if (this.#catalog === undefined) return;
    const framework = schedulerFramework(this.#view, this.#catalog.instances.values());
    if (framework.name !== this.#frameworkName) for (const id of this.#apps) this.#dirtyApps.add(id);
    this.#frameworkName = framework.name;
    let taken = 0;
    for (const id of this.#dirtyApps) {
      if (taken++ === appsPerTurn) return;
      this.#dirtyApps.delete(id);
      const app = this.#catalog.apps.get(id);
      if (app === undefined) this.#apps.delete(id);
      else this.#apps.add(id);
      this.#set(appOwner(id), app === undefined ? [] : readableNamesOf(app, framework, this.#options));
    }
  }

  #reasonOf(name: string): string | undefined {
    if (this.#hasRecords(name)) return undefined;
    return reasonAt(this.#view, this.#options, this.catalog, this.names.ownersOf(name));
  }
}

/** The names of an app; none where its definition cannot be read: what a scheduler tells was looked at for the id alone. */
function readableNamesOf(app: CatalogApp, framework: ViewFramework, options: RecordOptions): readonly string[] {
  try {
    return namesOfApp(app, framework, options);
  } catch {
    return [];
  }
}

/** Why those who have or should have a name without records have none. */
function reasonAt(
  view: View,
  options: RecordOptions,
  catalog: CatalogView | undefined,
  owners: Iterable<Expecting>,
): string | undefined {
  const words = new Map<string, number>();
  const apps = new Map<PathId, CatalogApp>();
  let first: ViewTask | undefined;
  let asked = 0;
  for (const owner of owners) {
    if (asked++ === maxAsked) break;
    if (owner.startsWith('app ')) {
      const app = catalog?.apps.get(owner.slice('app '.length));
      if (app !== undefined) apps.set(app.id, app);
      continue;
    }
    const task = taskOf(view, owner);
    const absence = task === undefined ? undefined : absenceOf(view, task, options, catalog);
    if (absence === undefined) continue;
    first ??= task;
    words.set(absence.word, (words.get(absence.word) ?? 0) + 1);
  }
  if (apps.size > 0) {
    const texts = Array.from(apps.values(), (app) => appText(app, words));
    return texts.slice(0, maxApps).join('; ') + (texts.length > maxApps ? '; …' : '');
  }
  if (first === undefined) return undefined;
  return tasksText(first.name, view.frameworks.get(first.frameworkId)?.name ?? first.frameworkId, words);
}
