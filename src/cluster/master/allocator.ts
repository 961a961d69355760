import type { Resources } from '../resources.js';
import {
  addResources,
  filterResources,
  isAllocatable,
  noResources,
  resourcesForRole,
  scalarMilli,
  subtractResources,
} from '../resources.js';
import { constraintsHold } from './offer-constraints.js';
import { QuotaRoom } from './quota-room.js';
import { dominantShare } from './role-tree.js';
import type { Agent, Framework, MasterState } from './state.js';

/** One offer to be made. */
export interface Allocation {
  readonly framework: Framework;
  readonly role: string;
  readonly agent: Agent;
  readonly resources: Resources;
}

type Candidate = Pick<Allocation, 'framework' | 'role'>;

/** What is neither used nor offered. */
export function idleResources(agent: Agent): Resources {
  return subtractResources(subtractResources(agent.total, agent.used), agent.offered);
}

/** What may be offered: nothing while the agent is out of service. */
export function freeResources(agent: Agent): Resources {
  return agent.deactivated ? noResources : idleResources(agent);
}

/** Agents of another region, and those with GPUs, are only for frameworks that say they know how to deal with them. */
function isFor(framework: Framework, state: MasterState, agent: Agent): boolean {
  const region = agent.registration.info.domain?.fault_domain?.region.name;
  const home = state.domain?.fault_domain?.region.name;
  if (home !== undefined && region !== undefined && region !== home && !framework.capabilities.has('REGION_AWARE'))
    return false;
  return framework.capabilities.has('GPU_RESOURCES') || scalarMilli(agent.total, 'gpus') === 0;
}

/** Frameworks of one role, the one furthest below its fair share first. */
function compareFrameworks(state: MasterState, role: string): (a: Framework, b: Framework) => number {
  const share = (framework: Framework): number => dominantShare(framework.allocated.get(role), state.total);
  const allocations = (framework: Framework): number => framework.allocations.get(role) ?? 0;
  return (a, b) => share(a) - share(b) || allocations(a) - allocations(b) || (a.id < b.id ? -1 : 1);
}

/** Everybody who may get an offer of this agent, in the order in which they are to be served. */
function candidates(state: MasterState, agent: Agent): Candidate[] {
  const byRole = new Map<string, Framework[]>();
  for (const framework of state.frameworks.values()) {
    if (framework.streamId === undefined || !isFor(framework, state, agent)) continue;
    for (const role of framework.roles) {
      if (framework.suppressedRoles.has(role)) continue;
      if (!constraintsHold(framework.constraints, role, agent.registration.info)) continue;
      const known = byRole.get(role);
      if (known === undefined) byRole.set(role, [framework]);
      else known.push(framework);
    }
  }
  return state.roles
    .sort(byRole.keys(), state.total)
    .flatMap((role) =>
      (byRole.get(role) ?? []).sort(compareFrameworks(state, role)).map((framework) => ({ framework, role })),
    );
}

/** What a framework can be shown: a stack of reservations only when it understands one. */
function visibleTo({ framework, role }: Candidate, free: Resources): Resources {
  const visible = resourcesForRole(free, role);
  if (framework.capabilities.has('RESERVATION_REFINEMENT')) return visible;
  return filterResources(visible, ({ reservations }) => reservations.length <= 1);
}

/**
 * Who gets the free resources of one agent: the whole of them goes to the framework and role that is furthest below its
 * share and does not refuse them, as far as quotas let it; what is left goes on to the next. Decides only, changes nothing.
 */
export function allocate(state: MasterState, agent: Agent, nowMs: number): readonly Allocation[] {
  let free = freeResources(agent);
  if (!isAllocatable(free)) return [];
  const order = candidates(state, agent);
  const quotas = state.quotas.size === 0 ? undefined : new QuotaRoom(state);
  const given = new Map<string, Allocation>();

  const give = (candidate: Candidate, part: (visible: Resources) => Resources | undefined): void => {
    const { framework, role } = candidate;
    const resources = part(visibleTo(candidate, free));
    if (resources === undefined || !isAllocatable(resources)) return;
    if (framework.filters.isRefused(role, agent.id, resources, nowMs)) return;
    free = subtractResources(free, resources);
    quotas?.take(role, resources);
    const key = `${framework.id}\n${role}`;
    const before = given.get(key)?.resources ?? noResources;
    given.set(key, { framework, role, agent, resources: addResources(before, resources) });
  };
  if (quotas !== undefined) {
    for (const candidate of order) give(candidate, (visible) => quotas.guaranteed(candidate.role, visible));
  }
  for (const candidate of order) {
    if (!isAllocatable(free)) break;
    give(candidate, (visible) => quotas?.allowed(candidate.role, visible) ?? visible);
  }
  return [...given.values()];
}
