import type { CatalogApp, CatalogInstance } from '../../catalog/types.js';
import type { PathId } from '../../common/path-id.js';
import { deploymentOf, groupLabel } from './deployment-group.js';
import type { ReadingRules, SettingProblem } from './service-settings.js';
import { readInteger, SettingError, shown } from './values.js';

/** Apps that are served as one, or one alone that is served under the name of its deployment group. */
export interface Deployment {
  /** The id under which they are served. */
  readonly id: PathId;
  /** Oldest first; the last one is the new app, unless it is the only one. */
  readonly apps: readonly CatalogApp[];
  /** What is to be read as the app: the oldest one, whose labels and ports hold for all, under the common id. */
  readonly servedAs: CatalogApp;
  readonly problems: readonly AppProblem[];
}

export interface AppProblem extends SettingProblem {
  readonly app: PathId;
}

/** The deployment groups among all apps. */
export interface Deployments {
  /** By their ids. */
  readonly merged: ReadonlyMap<PathId, Deployment>;
  /** The deployment of each app that is served as part of one; all other apps are served by themselves. */
  readonly of: ReadonlyMap<PathId, Deployment>;
  /** Of apps that are in no deployment though they ask for one. */
  readonly problems: readonly AppProblem[];
}

/** An instance of a deployment. */
export interface DeploymentInstance {
  readonly instance: CatalogInstance;
  /** The app it is of: its ports are that app's. */
  readonly app: CatalogApp;
  /** A new instance has taken its place: it gets nothing, and stays in the statistics until zdd kills it. */
  readonly disabled: boolean;
}

const startedAtLabel = 'HAPROXY_DEPLOYMENT_STARTED_AT';
const newInstancesLabel = 'HAPROXY_DEPLOYMENT_NEW_INSTANCES';
const targetLabel = 'HAPROXY_DEPLOYMENT_TARGET_INSTANCES';
const maxInstances = 1_000_000;

/**
 * Finds the apps that share a deployment group (marathon-lb's `HAPROXY_DEPLOYMENT_GROUP`, zdd.py). Pure and the same in whatever
 * order the apps come. A group never takes the id of an app that is not of it. Costs a look at each app; what is made for the
 * same apps is the same object again. There are none where labels are not read (`ReadingRules.settingsFrom`).
 */
export function findDeployments(
  apps: Iterable<CatalogApp>,
  settingsFrom: ReadingRules['settingsFrom'] = 'labels',
): Deployments {
  const readsLabels = settingsFrom === 'labels' || settingsFrom === 'both';
  const members = new Map<PathId, CatalogApp[]>();
  const others = new Set<PathId>();
  const problems: AppProblem[] = [];
  for (const app of apps) {
    const membership = readsLabels ? deploymentOf(app) : undefined;
    if (membership === undefined || 'problem' in membership) others.add(app.id);
    if (membership === undefined) continue;
    if ('problem' in membership) problems.push({ app: app.id, ...membership.problem });
    else members.set(membership.id, [...(members.get(membership.id) ?? []), app]);
  }
  const merged = new Map<PathId, Deployment>();
  const of = new Map<PathId, Deployment>();
  for (const [id, found] of members) {
    if (others.has(id)) {
      const reason = `${id} is an app outside of the deployment group; the app is served by itself`;
      for (const app of found) problems.push({ app: app.id, label: groupLabel, reason, isFatal: false });
      continue;
    }
    const deployment = deploymentFor(id, found);
    merged.set(id, deployment);
    for (const app of found) of.set(app.id, deployment);
  }
  return { merged, of, problems };
}

/** The last deployment made of an app as its oldest one; good while its members are the same. */
const made = new WeakMap<CatalogApp, Deployment>();

function deploymentFor(id: PathId, found: readonly CatalogApp[]): Deployment {
  const problems: AppProblem[] = [];
  const apps = oldestFirst(found, problems);
  const [oldest] = apps;
  if (oldest === undefined) throw new Error(`the deployment ${id} has no app`);
  const before = made.get(oldest);
  if (before?.id === id && before.apps.length === apps.length && before.apps.every((app, i) => app === apps[i])) {
    return before;
  }
  const newest = apps.length > 1 ? apps.at(-1) : undefined;
  if (newest !== undefined) targetOf(newest, problems);
  const servedAs = before?.id === id ? before.servedAs : { ...oldest, id };
  const deployment = { id, apps, servedAs, problems };
  made.set(oldest, deployment);
  return deployment;
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * By `HAPROXY_DEPLOYMENT_STARTED_AT`: the one that started last is the new one, and one without it is older than all. While a
 * share of the traffic is for the new app (`…_NEW_INSTANCES`), that which was scaled last is new: a way back makes the other one so.
 */
function oldestFirst(apps: readonly CatalogApp[], problems: AppProblem[]): CatalogApp[] {
  const started = new Map(apps.map((app) => [app, startedAt(app, problems)]));
  const sorted = [...apps].sort(
    (a, b) => (started.get(a) ?? 0) - (started.get(b) ?? 0) || byText(a.version, b.version) || byText(a.id, b.id),
  );
  const [newest, before] = [sorted.at(-1), sorted.at(-2)];
  if (newest === undefined || before === undefined || !Object.hasOwn(newest.labels, newInstancesLabel)) return sorted;
  if (!(scaledAt(before) > scaledAt(newest))) return sorted;
  return [...sorted.slice(0, -2), newest, before];
}

/** Milliseconds since 1970; 0 where nothing says it. */
function startedAt(app: CatalogApp, problems: AppProblem[]): number {
  const text = Object.hasOwn(app.labels, startedAtLabel) ? app.labels[startedAtLabel] : undefined;
  if (text === undefined) return 0;
  const time = timeOf(text.trim());
  if (time !== undefined) return time;
  const reason = `${shown(text)} is not a time such as 2020-06-01T10:00:00; the app's version is taken for it`;
  problems.push({ app: app.id, label: startedAtLabel, reason, isFatal: false });
  return timeOf(app.version) ?? 0;
}

function scaledAt(app: CatalogApp): number {
  return timeOf(app.lastScalingAt ?? '') ?? timeOf(app.version) ?? 0;
}

/** ISO 8601, with a blank for the T and without a zone (then UTC) as Python writes it. */
function timeOf(text: string): number | undefined {
  const [, date = '', time = '', fraction = '', zone = ''] =
    /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})?$/.exec(text) ?? [];
  const ms = Date.parse(
    `${date}T${time}${fraction.slice(0, 4)}${zone === '' ? 'Z' : zone.replace(/(\d{2})(\d{2})$/, '$1:$2')}`,
  );
  return Number.isNaN(ms) ? undefined : ms;
}

/** How many instances both apps together are to have at least. */
function targetOf(newest: CatalogApp, problems: AppProblem[]): number {
  if (!Object.hasOwn(newest.labels, newInstancesLabel)) return 1;
  const label = targetLabel;
  try {
    return readInteger(newest.labels[label] ?? '', 0, maxInstances);
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    const reason = `${error.message}; no instance of the old app is taken out`;
    problems.push({ app: newest.id, label, reason, isFatal: false });
    return Number.POSITIVE_INFINITY;
  }
}

/**
 * The instances of a deployment, and which of the old ones are taken out because a new one has taken their place: as many as
 * there are good new instances, and never so many that fewer than the target are left. The first by task id, so that all edges
 * take out the same ones. `isGood` = traffic may go to it. Pure.
 */
export function instancesOfDeployment(
  deployment: Deployment,
  instancesOf: (app: PathId) => Iterable<CatalogInstance>,
  isGood: (app: CatalogApp, instance: CatalogInstance) => boolean,
): DeploymentInstance[] {
  const { apps } = deployment;
  const newest = apps.length > 1 ? apps.at(-1) : undefined;
  const all = apps.flatMap((app) =>
    [...instancesOf(app.id)].sort((a, b) => byText(a.taskId, b.taskId)).map((instance) => ({ app, instance })),
  );
  const old = all.filter(({ app, instance }) => app !== newest && instance.draining !== true);
  const good = all.filter(
    (one) => one.app === newest && one.instance.draining !== true && isGood(one.app, one.instance),
  );
  let toDisable =
    newest === undefined
      ? 0
      : Math.min(
          old.length,
          good.length,
          Math.max(0, good.length + wantedOf(apps.slice(0, -1)) - targetOf(newest, [])),
        );
  return all.map(({ app, instance }) => {
    const disabled = toDisable > 0 && app !== newest && instance.draining !== true;
    if (disabled) toDisable -= 1;
    return { instance, app, disabled };
  });
}

function wantedOf(apps: readonly CatalogApp[]): number {
  return apps.reduce((sum, app) => sum + app.instances, 0);
}
