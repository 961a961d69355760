import type { Resource, Value } from '../../../mesos/types.js';
import { quantityNumbers } from '../../quantities.js';
import { resourceQuantities } from '../../resource-forms.js';
import type { Resources } from '../../resources.js';
import { filterResources, reservationRole, scalarMilli, sumResources } from '../../resources.js';
import type { MasterState } from '../state.js';
import { executorsByFramework, offeredToFramework, usedByFramework } from './usage.js';

interface RoleUse {
  readonly used: Resources[];
  readonly offered: Resources[];
  readonly reserved: Resources[];
  readonly frameworkIds: string[];
}

/** The roles that somebody subscribes to or still uses, that something is reserved for or that have a quota, by name. */
function rolesInUse(state: MasterState): [string, RoleUse][] {
  const roles = new Map<string, RoleUse>();
  const use = (role: string): RoleUse => {
    const known = roles.get(role) ?? { used: [], offered: [], reserved: [], frameworkIds: [] };
    roles.set(role, known);
    return known;
  };
  const executors = executorsByFramework(state);
  for (const framework of state.frameworks.values()) {
    for (const role of framework.roles) use(role).frameworkIds.push(framework.id);
    for (const [role, used] of usedByFramework(framework, executors)) use(role).used.push(used);
    for (const [role, offered] of offeredToFramework(framework)) use(role).offered.push(offered);
  }
  for (const { total } of state.agents.values()) {
    for (const [key, entry] of total) {
      const role = reservationRole(entry);
      if (role !== undefined) use(role).reserved.push(new Map([[key, entry]]));
    }
  }
  for (const role of state.quotas.keys()) use(role);
  return [...roles].sort(([a], [b]) => (a < b ? -1 : 1));
}

const unreserved = (resources: Resources): Resources =>
  filterResources(resources, (entry) => reservationRole(entry) === undefined);

/** What counts towards a role's quota: all that is reserved for it, used or not, and what it uses beside. */
function consumed({ used, reserved }: RoleUse): Resources {
  return sumResources([...reserved, ...used.map(unreserved)]);
}

/** `GET /roles`. */
export function rolesSummary(state: MasterState): object {
  return {
    roles: rolesInUse(state).map(([name, use]) => {
      const used = sumResources(use.used);
      const offered = sumResources(use.offered);
      const quota = state.quotas.get(name);
      return {
        name,
        weight: state.roles.weightOf(name),
        quota: {
          role: name,
          guarantee: quantityNumbers(quota?.guarantees ?? new Map()),
          limit: quantityNumbers(quota?.limits ?? new Map()),
          consumed: resourceQuantities(consumed(use)),
        },
        resources: resourceQuantities(sumResources([used, offered])),
        allocated: resourceQuantities(used),
        offered: resourceQuantities(offered),
        reserved: resourceQuantities(sumResources(use.reserved)),
        frameworks: use.frameworkIds,
      };
    }),
  };
}

/** Scalars by name, whatever they are reserved for, as GET_ROLES lists them. */
function scalarTotals(resources: Resources): Resource[] {
  const names = new Set([...resources.values()].flatMap((r) => (r.amount.type === 'SCALAR' ? [r.name] : [])));
  return [...names].sort().map((name) => ({
    name,
    type: 'SCALAR',
    scalar: { value: scalarMilli(resources, name) / 1000 },
  }));
}

/** GET_ROLES of the operator API. */
export function getRoles(state: MasterState): {
  roles: { name: string; weight: number; frameworks: Value[]; resources: Resource[] }[];
} {
  return {
    roles: rolesInUse(state).map(([name, { used, offered, frameworkIds }]) => ({
      name,
      weight: state.roles.weightOf(name),
      frameworks: frameworkIds.map((value) => ({ value })),
      resources: scalarTotals(sumResources([...used, ...offered])),
    })),
  };
}
