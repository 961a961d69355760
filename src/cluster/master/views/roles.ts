import type { Resource, Value } from '../../../mesos/types.js';
import { resourceQuantities } from '../../resource-forms.js';
import type { Resources } from '../../resources.js';
import { addResources, noResources, scalarMilli } from '../../resources.js';
import type { MasterState } from '../state.js';
import { offeredToFramework, usedByFramework } from './usage.js';

interface RoleUse {
  used: Resources;
  offered: Resources;
  readonly frameworkIds: string[];
}

/** The roles that frameworks subscribe to or still use, in the order of their names. */
function rolesInUse(state: MasterState): [string, RoleUse][] {
  const roles = new Map<string, RoleUse>();
  const use = (role: string): RoleUse => {
    const known = roles.get(role) ?? { used: noResources, offered: noResources, frameworkIds: [] };
    roles.set(role, known);
    return known;
  };
  for (const framework of state.frameworks.values()) {
    for (const role of framework.roles) use(role).frameworkIds.push(framework.id);
    for (const [role, used] of usedByFramework(framework)) use(role).used = addResources(use(role).used, used);
    for (const [role, offered] of offeredToFramework(framework)) {
      use(role).offered = addResources(use(role).offered, offered);
    }
  }
  return [...roles].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** `GET /roles`. */
export function rolesSummary(state: MasterState): object {
  return {
    roles: rolesInUse(state).map(([name, { used, offered, frameworkIds }]) => ({
      name,
      weight: state.weights.get(name) ?? 1,
      quota: { role: name, guarantee: {}, limit: {}, consumed: resourceQuantities(used) },
      resources: resourceQuantities(addResources(used, offered)),
      allocated: resourceQuantities(used),
      offered: resourceQuantities(offered),
      reserved: {},
      frameworks: frameworkIds,
    })),
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
      weight: state.weights.get(name) ?? 1,
      frameworks: frameworkIds.map((value) => ({ value })),
      resources: scalarTotals(addResources(used, offered)),
    })),
  };
}
