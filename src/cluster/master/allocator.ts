import type { Agent, Framework, MasterState } from './state.js';
import type { Resources } from '../resources.js';
import {
  addResources,
  containsResources,
  isAllocatable,
  noResources,
  resourcesForRole,
  subtractResources,
} from '../resources.js';

/** One offer to be made. */
export interface Allocation {
  readonly framework: Framework;
  readonly role: string;
  readonly agent: Agent;
  readonly resources: Resources;
}

/** The largest part that `allocated` takes of any scalar of the cluster (dominant resource fairness). */
function dominantShare(allocated: Resources, total: Resources): number {
  let share = 0;
  for (const [key, { amount }] of allocated) {
    const all = total.get(key)?.amount;
    if (amount.type === 'SCALAR' && all?.type === 'SCALAR' && all.milli > 0) {
      share = Math.max(share, amount.milli / all.milli);
    }
  }
  return share;
}

interface Candidate {
  readonly framework: Framework;
  readonly role: string;
  readonly roleShare: number;
  readonly roleAllocations: number;
  readonly frameworkShare: number;
  readonly frameworkAllocations: number;
}

function compare(a: Candidate, b: Candidate): number {
  return (
    a.roleShare - b.roleShare ||
    a.roleAllocations - b.roleAllocations ||
    (a.role < b.role ? -1 : a.role > b.role ? 1 : 0) ||
    a.frameworkShare - b.frameworkShare ||
    a.frameworkAllocations - b.frameworkAllocations ||
    (a.framework.id < b.framework.id ? -1 : 1)
  );
}

/** Everybody who may get an offer, the one furthest below its fair share first: roles by weighted share, then frameworks. */
function candidates(state: MasterState): Candidate[] {
  const roles = new Map<string, { allocated: Resources; allocations: number }>();
  for (const framework of state.frameworks.values()) {
    for (const [role, resources] of framework.allocated) {
      const sum = roles.get(role) ?? { allocated: noResources, allocations: 0 };
      sum.allocated = addResources(sum.allocated, resources);
      sum.allocations += framework.allocations.get(role) ?? 0;
      roles.set(role, sum);
    }
  }
  const list: Candidate[] = [];
  for (const framework of state.frameworks.values()) {
    if (framework.streamId === undefined) continue;
    for (const role of framework.roles) {
      if (framework.suppressedRoles.has(role)) continue;
      const sum = roles.get(role);
      list.push({
        framework,
        role,
        roleShare: dominantShare(sum?.allocated ?? noResources, state.total) / (state.weights.get(role) ?? 1),
        roleAllocations: sum?.allocations ?? 0,
        frameworkShare: dominantShare(framework.allocated.get(role) ?? noResources, state.total),
        frameworkAllocations: framework.allocations.get(role) ?? 0,
      });
    }
  }
  return list.sort(compare);
}

function isFiltered(framework: Framework, role: string, agentId: string, resources: Resources, nowMs: number): boolean {
  return framework.filters.some(
    (f) => f.untilMs > nowMs && f.role === role && f.agentId === agentId && containsResources(f.refused, resources),
  );
}

/** What is neither used nor offered. */
export function freeResources(agent: Agent): Resources {
  return subtractResources(subtractResources(agent.total, agent.used), agent.offered);
}

/**
 * Who gets the free resources of one agent: the whole of them goes to the framework and role that is furthest below its
 * share and does not refuse them; what is reserved for another role goes on to the next. Decides only, changes nothing.
 */
export function allocate(state: MasterState, agent: Agent, nowMs: number): Allocation[] {
  const allocations: Allocation[] = [];
  let free = freeResources(agent);
  if (!isAllocatable(free)) return allocations;
  for (const { framework, role } of candidates(state)) {
    const resources = resourcesForRole(free, role);
    if (!isAllocatable(resources) || isFiltered(framework, role, agent.id, resources, nowMs)) continue;
    allocations.push({ framework, role, agent, resources });
    free = subtractResources(free, resources);
    if (!isAllocatable(free)) break;
  }
  return allocations;
}
