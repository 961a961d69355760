import type { AppStatus, InstanceCounts, OverviewApp } from '../../api/overview.js';
import { factsOf, wellnessOf } from './app-facts.js';
import { statuses } from './list-query.js';

/** A group as one line: sums over all that is below it, at any depth. */
export interface GroupRow {
  readonly id: string;
  /** Apps and pods. */
  readonly apps: number;
  readonly counts: InstanceCounts;
  readonly instances: number;
  readonly running: number;
  readonly cpus: number;
  /** MiB. */
  readonly mem: number;
  /** How many of them are at what; those that need somebody first. */
  readonly statuses: readonly { readonly status: AppStatus; readonly count: number }[];
}

export const segments = ['healthy', 'unhealthy', 'unknown', 'staged', 'overCapacity', 'unscheduled'] as const;

class Sums {
  apps = 0;
  instances = 0;
  running = 0;
  cpus = 0;
  mem = 0;
  readonly counts: Record<keyof InstanceCounts, number> = {
    healthy: 0,
    unhealthy: 0,
    unknown: 0,
    staged: 0,
    overCapacity: 0,
    unscheduled: 0,
  };
  readonly statuses = new Map<AppStatus, number>();

  add(app: OverviewApp): void {
    const { running, cpus, mem } = factsOf(app);
    this.apps++;
    this.instances += app.instances;
    this.running += running;
    this.cpus += cpus;
    this.mem += mem;
    for (const segment of segments) this.counts[segment] += app.counts[segment];
    this.statuses.set(app.status, (this.statuses.get(app.status) ?? 0) + 1);
  }

  row(id: string): GroupRow {
    const { apps, instances, running, cpus, mem, counts } = this;
    const own = statuses.flatMap((status) => {
      const count = this.statuses.get(status);
      return count === undefined ? [] : [{ status, count }];
    });
    return { id, apps, instances, running, cpus, mem, counts, statuses: own };
  }
}

/** What the ids of everything in a group begin with. */
export function prefixOf(group: string): string {
  return group === '/' ? '/' : `${group}/`;
}

/** The sums over some apps. */
export function sumOf(id: string, apps: Iterable<OverviewApp>): GroupRow {
  const sums = new Sums();
  for (const app of apps) sums.add(app);
  return sums.row(id);
}

/** What is directly in a group. */
export interface Level {
  readonly groups: readonly GroupRow[];
  readonly apps: readonly OverviewApp[];
}

/** The subgroups, empty ones too, and the own apps of a group. `below`: all apps that are somewhere in it. */
export function levelOf(group: string, groupIds: Iterable<string>, below: Iterable<OverviewApp>): Level {
  const prefix = prefixOf(group);
  const sums = new Map<string, Sums>();
  const sumsOf = (id: string): Sums => {
    let own = sums.get(id);
    if (own === undefined) {
      own = new Sums();
      sums.set(id, own);
    }
    return own;
  };
  const apps: OverviewApp[] = [];
  for (const app of below) {
    const end = app.id.indexOf('/', prefix.length);
    if (end < 0) apps.push(app);
    else sumsOf(app.id.slice(0, end)).add(app);
  }
  for (const id of groupIds) {
    if (!id.startsWith(prefix) || id.length <= prefix.length) continue;
    const end = id.indexOf('/', prefix.length);
    sumsOf(end < 0 ? id : id.slice(0, end));
  }
  return { groups: [...sums].map(([id, own]) => own.row(id)), apps };
}

/** Whether two lines of a group look the same. */
function isSame(a: GroupRow, b: GroupRow): boolean {
  return (
    a.id === b.id &&
    a.apps === b.apps &&
    a.instances === b.instances &&
    a.running === b.running &&
    a.cpus === b.cpus &&
    a.mem === b.mem &&
    segments.every((segment) => a.counts[segment] === b.counts[segment]) &&
    a.statuses.length === b.statuses.length &&
    a.statuses.every(({ status, count }, index) => {
      const other = b.statuses[index];
      return other?.status === status && other.count === count;
    })
  );
}

/** The same lines, of which those that have not changed are the very ones that were there before: they need not be drawn again. */
export function keepUnchanged(before: readonly GroupRow[], now: readonly GroupRow[]): readonly GroupRow[] {
  const known = new Map(before.map((row) => [row.id, row]));
  return now.map((row) => {
    const old = known.get(row.id);
    return old !== undefined && isSame(old, row) ? old : row;
  });
}

/** How well a group is, as `wellnessOf` says it. */
export function groupWellness({ counts }: GroupRow): number {
  return wellnessOf(counts);
}

/** The groups above a group and itself, the outermost first: `/`, `/prod`, `/prod/shop`. */
export function pathOf(group: string): readonly string[] {
  const parts = group.split('/').filter((part) => part !== '');
  return ['/', ...parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)];
}

/** The id of a group as it may stand in an address: with the slash in front, without one at the end. */
export function groupIdOf(text: string | undefined): string {
  return `/${(text ?? '')
    .split('/')
    .filter((part) => part !== '')
    .join('/')}`;
}
