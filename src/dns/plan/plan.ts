import type { CatalogView } from '../../catalog/catalog.js';
import { PlanError } from '../../catalog/parse-change.js';
import type { CatalogApp, CatalogChange, CatalogInstance } from '../../catalog/types.js';
import type { PathId } from '../../common/path-id.js';
import type { OwnerNames } from '../explain/owner-names.js';
import { generate } from '../records/generate.js';
import type { RecordOptions } from '../records/options.js';
import { dataOf } from '../records/record.js';
import type { DnsRecord } from '../records/record.js';
import { RecordSet, recordsOfType } from '../records/record-set.js';
import type { Standing } from '../records/standing.js';
import { taskKey, taskOwner } from '../records/view.js';
import type { Owner, TaskKey, View, ViewAgent, ViewFramework, ViewTask } from '../records/view.js';
import { instanceStanding } from '../standing/instance-standing.js';
import { agentOfInstance, knownTask, namesOfApp, schedulerFramework, taskOfInstance } from './catalog-task.js';

/** What would be different. */
export interface Plan {
  /** In a sentence. */
  readonly text: string;
  readonly added: readonly PlannedRecord[];
  readonly removed: readonly PlannedRecord[];
  /** Names that would appear, vanish, or have other records. */
  readonly names: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly changed: readonly string[];
  };
  /** Apps that would have no instance (yet), with the names that the first one would bring. Their addresses are not known. */
  readonly expected: readonly { readonly app: PathId; readonly names: readonly string[] }[];
  /** Instances to be removed that nobody has told of. */
  readonly unknownInstances: readonly string[];
}

export interface PlannedRecord {
  readonly name: string;
  readonly type: string;
  /** An address, `target.:port`, or `target.` */
  readonly data: string;
}

/** More than this of all that have the names at stake is not looked at. */
const maxOwners = 10_000;
const maxRecords = 50_000;

/** What a plan is made from. Nothing of it is changed. */
export interface PlanParts {
  readonly view: View;
  readonly options: RecordOptions;
  readonly names: OwnerNames;
  readonly catalog: CatalogView | undefined;
}

/** The tasks with these ids: as the catalog knows them, else by looking at all. */
function tasksOf({ view, catalog }: PlanParts, ids: readonly string[]): ReadonlyMap<string, ViewTask> {
  const found = new Map<string, ViewTask>();
  const sought = new Set<string>();
  for (const id of ids) {
    const instance = catalog?.instances.get(id);
    const task = instance === undefined ? undefined : knownTask(view, instance);
    if (task === undefined) sought.add(id);
    else found.set(id, task);
  }
  if (sought.size > 0) for (const task of view.tasks.values()) if (sought.has(task.id)) found.set(task.id, task);
  return found;
}

function sameNumbers(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((one, i) => one === b[i]);
}

/** The task of an instance that is known as a task already, after the change: only what the change changes is another. */
function changedTask(
  task: ViewTask,
  from: CatalogInstance | undefined,
  to: CatalogInstance,
  app: CatalogApp | undefined,
): ViewTask {
  const isSame =
    from !== undefined &&
    task.running &&
    from.agentId === to.agentId &&
    sameNumbers(from.ports, to.ports) &&
    sameNumbers(from.ipAddresses, to.ipAddresses);
  if (isSame) return task;
  const made = taskOfInstance(to, app, task.frameworkId, task);
  // Somebody who gives neither means that both stay
  return to.ports.length === 0 && to.ipAddresses.length === 0
    ? { ...task, agentId: to.agentId, running: true, state: made.state }
    : { ...made, discovery: app === undefined ? task.discovery : made.discovery };
}

/** The cluster after the change, as far as the change is about it. */
interface Overlay {
  readonly view: View;
  /** Whose records may be others. */
  readonly owners: ReadonlySet<Owner>;
  readonly unknownInstances: readonly string[];
}

function overlayOf(
  parts: PlanParts,
  change: CatalogChange,
  framework: ViewFramework,
  appOf: (id: PathId) => CatalogApp | undefined,
): Overlay {
  const { view, catalog } = parts;
  const tasks = new Map<TaskKey, ViewTask>();
  const agents = new Map<string, ViewAgent>();
  const frameworks = new Map<string, ViewFramework>([[framework.id, framework]]);
  const standings = new Map<string, Exclude<Standing, 'in'>>();
  const owners = new Set<Owner>();
  const known = tasksOf(parts, [...change.removedInstances, ...change.instances.map(({ taskId }) => taskId)]);

  const put = (task: ViewTask, standing: Standing, instance?: CatalogInstance): void => {
    const key = taskKey(task);
    owners.add(taskOwner(key));
    tasks.set(key, task);
    const agent = view.agents.get(task.agentId) ?? (instance === undefined ? undefined : agentOfInstance(instance));
    if (agent !== undefined) agents.set(task.agentId, agent);
    const itsFramework = view.frameworks.get(task.frameworkId);
    if (itsFramework !== undefined) frameworks.set(task.frameworkId, itsFramework);
    if (standing === 'in') standings.delete(task.id);
    else standings.set(task.id, standing);
  };
  const remove = (task: ViewTask): void => {
    const key = taskKey(task);
    owners.add(taskOwner(key));
    tasks.delete(key);
  };

  for (const { id } of change.apps) {
    for (const instance of catalog?.instancesOf(id) ?? []) {
      const task = instance.isChecked === undefined ? knownTask(view, instance) : undefined;
      if (task !== undefined) put(task, instanceStanding(instance, appOf(id)));
    }
  }
  for (const id of change.removedInstances) {
    const task = known.get(id);
    if (task !== undefined) remove(task);
  }
  for (const instance of change.instances) {
    const app = appOf(instance.appId);
    const standing = instanceStanding(instance, app);
    const task = known.get(instance.taskId);
    if (task === undefined) {
      const [sibling] = catalog?.instancesOf(instance.appId) ?? [];
      const like = sibling === undefined ? undefined : knownTask(view, sibling);
      put(taskOfInstance(instance, app, framework.id, like), standing, instance);
    } else {
      if (task.agentId !== instance.agentId) remove(task);
      put(changedTask(task, catalog?.instances.get(instance.taskId), instance, app), standing, instance);
    }
  }
  return {
    view: { tasks, agents, frameworks, standings, leader: view.leader, hostAddresses: view.hostAddresses },
    owners,
    unknownInstances: change.removedInstances.filter((id) => !known.has(id)),
  };
}

function shownAt(records: RecordSet, name: string): Map<string, PlannedRecord> {
  const found = records.find(name);
  const shown: readonly DnsRecord[] = found === undefined ? [] : recordsOfType(found, 'ANY');
  return new Map(
    shown.map((record) => {
      const data = dataOf(record);
      return [`${record.type} ${data}`, { name, type: record.type, data }];
    }),
  );
}

/** Fills a set with the records that owners have under some names; throws PlanError when there are too many. */
class Filler {
  readonly set = new RecordSet();
  readonly #names: ReadonlySet<string>;
  readonly #options: RecordOptions;
  #records = 0;

  constructor(names: ReadonlySet<string>, options: RecordOptions) {
    this.#names = names;
    this.#options = options;
  }

  put(view: View, owner: Owner): void {
    const { records, avoided } = generate(view, owner, this.#options);
    const atStake = records.filter(({ name }) => this.#names.has(name));
    this.#records += atStake.length;
    if (this.#records > maxRecords)
      throw new PlanError(`more than ${maxRecords} records are at stake: plan less at a time`);
    this.set.replace(owner, atStake, avoided);
  }
}

function difference(parts: PlanParts, { view: after, owners }: Overlay): Pick<Plan, 'added' | 'removed' | 'names'> {
  const { view, options } = parts;
  const names = new Set<string>();
  for (const owner of owners) {
    for (const one of [view, after]) for (const { name } of generate(one, owner, options).records) names.add(name);
    if (names.size > maxRecords) throw new PlanError(`more than ${maxRecords} names are at stake: plan less at a time`);
  }
  const filler = new Filler(names, options);
  const all = new Set<Owner>(owners);
  for (const name of names) {
    for (const owner of parts.names.ownersOf(name)) if (!owner.startsWith('app ')) all.add(owner as Owner);
    if (all.size > maxOwners)
      throw new PlanError(`the names at stake have more than ${maxOwners} owners: plan less at a time`);
  }
  for (const owner of all) filler.put(view, owner);
  const before = new Map(Array.from(names, (name) => [name, shownAt(filler.set, name)] as const));
  for (const owner of owners) filler.put(after, owner);

  const added: PlannedRecord[] = [];
  const removed: PlannedRecord[] = [];
  const changes = { added: [] as string[], removed: [] as string[], changed: [] as string[] };
  for (const [name, old] of before) {
    const fresh = shownAt(filler.set, name);
    const came = [...fresh].flatMap(([key, record]) => (old.has(key) ? [] : [record]));
    const went = [...old].flatMap(([key, record]) => (fresh.has(key) ? [] : [record]));
    added.push(...came);
    removed.push(...went);
    if (came.length + went.length === 0) continue;
    if (old.size === 0) changes.added.push(name);
    else if (fresh.size === 0) changes.removed.push(name);
    else changes.changed.push(name);
  }
  return { added, removed, names: changes };
}

function expectedOf(
  { options, catalog }: PlanParts,
  change: CatalogChange,
  framework: ViewFramework,
): Plan['expected'] {
  const removed = new Set(change.removedInstances);
  const withInstances = new Set(change.instances.map(({ appId }) => appId));
  return change.apps.flatMap((app) => {
    const stays = [...(catalog?.instancesOf(app.id) ?? [])].some(({ taskId }) => !removed.has(taskId));
    if (app.instances === 0 || stays || withInstances.has(app.id)) return [];
    return [{ app: app.id, names: namesOfApp(app, framework, options) }];
  });
}

function textOf({ added, removed, names, expected }: Omit<Plan, 'text'>): string {
  if (added.length + removed.length + expected.length === 0) return 'No name would change.';
  const parts = [
    `${added.length} records would be added and ${removed.length} removed`,
    `${names.added.length} names would appear, ${names.removed.length} vanish, ${names.changed.length} have other records`,
    ...(expected.length === 0
      ? []
      : [
          `${expected
            .map(({ app }) => app)
            .slice(0, 5)
            .join(', ')}${expected.length > 5 ? ', …' : ''} would have names with the first instance`,
        ]),
  ];
  return `${parts.join('; ')}.`;
}

/**
 * What a change of the catalog would do to the zone, made by what makes the zone: tasks of removed instances are gone, new ones run as
 * tasks of the framework that the scheduler is. Agents and frameworks have the records that they have. Throws PlanError when more is at
 * stake than can be looked at at one go.
 */
export function planChange(parts: PlanParts, change: CatalogChange): Plan {
  const { view, catalog } = parts;
  const framework = schedulerFramework(view, catalog?.instances.values() ?? []);
  const removedApps = new Set(change.removedApps);
  const changedApps = new Map(change.apps.map((app) => [app.id, app]));
  const appOf = (id: PathId): CatalogApp | undefined =>
    changedApps.get(id) ?? (removedApps.has(id) ? undefined : catalog?.apps.get(id));
  const overlay = overlayOf(parts, change, framework, appOf);
  const plan = {
    ...difference(parts, overlay),
    expected: expectedOf(parts, change, framework),
    unknownInstances: overlay.unknownInstances,
  };
  return { text: textOf(plan), ...plan };
}
