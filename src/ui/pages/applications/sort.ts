import type { AppStatus, OverviewApp } from '../../api/overview.js';
import { factsOf } from './app-facts.js';
import { groupWellness } from './group-rows.js';
import type { GroupRow } from './group-rows.js';
import { statuses } from './list-query.js';
import type { Column, Sorting } from './list-query.js';

/** What a column says of a line, as a number. */
type Measure<T> = (line: T) => number;

const rank = new Map<AppStatus, number>(statuses.map((status, index) => [status, index]));

function rankOf(status: AppStatus | undefined): number {
  return (status === undefined ? undefined : rank.get(status)) ?? statuses.length;
}

const ofApps: Readonly<Record<Exclude<Column, 'name'>, Measure<OverviewApp>>> = {
  cpus: (app) => factsOf(app).cpus,
  mem: (app) => factsOf(app).mem,
  status: ({ status }) => rankOf(status),
  instances: ({ instances }) => instances,
  health: (app) => factsOf(app).wellness,
};

const ofGroups: Readonly<Record<Exclude<Column, 'name'>, Measure<GroupRow>>> = {
  cpus: ({ cpus }) => cpus,
  mem: ({ mem }) => mem,
  status: ({ statuses: [first] }) => rankOf(first?.status),
  instances: ({ instances }) => instances,
  health: groupWellness,
};

/** Sorts by a number, and what is equal by its id, so that every change leaves all others where they are. */
function sorted<T extends { readonly id: string }>(
  lines: readonly T[],
  measure: Measure<T> | undefined,
  isDescending: boolean,
): readonly T[] {
  const byId = (a: T, b: T): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
  const way = isDescending ? -1 : 1;
  if (measure === undefined) return lines.toSorted((a, b) => way * byId(a, b));
  return lines.toSorted((a, b) => way * (measure(a) - measure(b)) || byId(a, b));
}

export function sortApps(apps: readonly OverviewApp[], { column, isDescending }: Sorting): readonly OverviewApp[] {
  return sorted(apps, column === 'name' ? undefined : ofApps[column], isDescending);
}

export function sortGroups(groups: readonly GroupRow[], { column, isDescending }: Sorting): readonly GroupRow[] {
  return sorted(groups, column === 'name' ? undefined : ofGroups[column], isDescending);
}
