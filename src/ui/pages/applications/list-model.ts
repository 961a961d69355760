import { computed } from '@preact/signals';
import type { OverviewApp } from '../../api/overview.js';
import { place } from '../../router/place.js';
import { apps, deployments, groups } from '../../stores/overview.js';
import { deploymentWaits } from './deployment-waits.js';
import { applyFilter, isAsking } from './filter.js';
import { groupIdOf, keepUnchanged, levelOf, prefixOf } from './group-rows.js';
import type { GroupRow } from './group-rows.js';
import { readFilter, readSorting } from './list-query.js';
import { sortApps, sortGroups } from './sort.js';

/** A line of the list. */
export type ListRow = { readonly group: GroupRow } | { readonly app: OverviewApp };

/** The group that is looked at; `/` is all. */
export const scope = computed(() => {
  const [section, id] = place.value.segments;
  return section === 'group' ? groupIdOf(id) : '/';
});
const query = computed(() => place.value.query);
export const filter = computed(() => readFilter(query.value));
export const sorting = computed(() => readSorting(query.value));

/** All apps that are somewhere in the group. */
export const below = computed<readonly OverviewApp[]>(() => {
  const all = [...apps.value.all.values()];
  const prefix = prefixOf(scope.value);
  return prefix === '/' ? all : all.filter(({ id }) => id.startsWith(prefix));
});

/** Whether there is such a group; with an app in it there is one, even before it is told of. */
export const isThere = computed(
  () => scope.value === '/' || below.value.length > 0 || groups.value.includes(scope.value),
);

export const filtered = computed(() => applyFilter(below.value, filter.value));

/** Whether groups are lines of their own. What is searched for is shown wherever it is. */
export const isTree = computed(() => query.value['view'] !== 'list' && !isAsking(filter.value));

let groupsBefore: readonly GroupRow[] = [];

const level = computed(() => {
  const { groups: sums, apps: own } = levelOf(scope.value, groups.value, below.value);
  groupsBefore = keepUnchanged(groupsBefore, sums);
  return { groups: groupsBefore, apps: own };
});

/** What the list shows, in its order: groups first. */
export const rows = computed<readonly ListRow[]>(() => {
  const { groups: sums, apps: shown } = isTree.value ? level.value : { groups: [], apps: filtered.value.shown };
  return [
    ...sortGroups(sums, sorting.value).map((group) => ({ group })),
    ...sortApps(shown, sorting.value).map((app) => ({ app })),
  ];
});

/** What deployments wait for at each app. */
export const waits = computed(() => deploymentWaits(deployments.value));
