import { isTerminal } from '../../../mesos/types.js';
import type { Resource } from '../../../mesos/types.js';
import { wireResources } from '../../resource-forms.js';
import type { Resources } from '../../resources.js';
import { addResources, noResources } from '../../resources.js';
import type { Agent, Framework, MasterState, OfferRecord, TaskRecord } from '../state.js';

/** Resources by the role they are allocated to. */
export type ByRole = ReadonlyMap<string, Resources>;

function sumByRole(parts: Iterable<{ readonly role: string; readonly resources: Resources }>): ByRole {
  const sums = new Map<string, Resources>();
  for (const { role, resources } of parts) sums.set(role, addResources(sums.get(role) ?? noResources, resources));
  return sums;
}

function running(tasks: Iterable<TaskRecord>): TaskRecord[] {
  return [...tasks].filter((task) => !isTerminal(task.state));
}

/** What the tasks of a framework that have not ended take. */
export function usedByFramework(framework: Framework): ByRole {
  return sumByRole(running(framework.tasks.values()));
}

export function offeredToFramework(framework: Framework): ByRole {
  return sumByRole(framework.offers.values());
}

export function usedOnAgent(state: MasterState, agent: Agent): ByRole {
  return sumByRole(
    [...state.frameworks.values()].flatMap((f) =>
      running(f.tasks.values()).filter((task) => task.fixed.agent_id.value === agent.id),
    ),
  );
}

export function offersOnAgent(state: MasterState, agent: Agent): OfferRecord[] {
  return [...state.offers.values()].filter((offer) => offer.agentId === agent.id);
}

export function offeredOnAgent(state: MasterState, agent: Agent): ByRole {
  return sumByRole(offersOnAgent(state, agent));
}

/** All roles together. */
export function sumOf(byRole: ByRole): Resources {
  return [...byRole.values()].reduce(addResources, noResources);
}

/** As the operator API lists them: `role` and `allocation_info` on every resource. */
export function wireByRole(byRole: ByRole): Resource[] {
  return [...byRole].flatMap(([role, resources]) => wireResources(resources, { allocatedTo: role, withRole: true }));
}
