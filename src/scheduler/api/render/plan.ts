import { diffJson } from '../../../common/json-diff.js';
import { appJsonOf } from '../../core/normalize/app-json-of.js';
import { podJsonOf } from '../../core/normalize/pods/pod-json-of.js';
import type { PlannedPlacement } from '../../core/plan/place-now.js';
import type { Plan, PlannedChange, PlannedGroup } from '../../core/plan/plan-command.js';
import type { SchedulerState } from '../../core/state.js';
import type { EdgePlan } from '../../edge-plans/ask-edges.js';
import { isPod } from '../../model/run-spec.js';
import type { RunSpec } from '../../model/run-spec.js';
import { renderStep } from './deployment.js';
import { renderRefusal } from './refusal.js';

/** So many agents that take no instance are shown for each app and pod; how many there are is told. */
const maxShownAgents = 100;

/** What is known of the agents: where instances would be launched, or why nobody can say. */
export type AgentsView =
  | { readonly known: true; readonly agents: number; readonly placements: readonly PlannedPlacement[] }
  | { readonly known: false; readonly reason: string };

function jsonOf(runSpec: RunSpec): object {
  return isPod(runSpec) ? podJsonOf(runSpec) : appJsonOf(runSpec);
}

const instances = (count: number): string => (count === 1 ? '1 instance' : `${count} instances`);

/** A change in one sentence. `running`: how many instances there are. */
function summaryOf(change: PlannedChange, running: number): string {
  const { kind, id } = change;
  switch (change.effect) {
    case 'create':
      return `The ${kind} ${id} is created with ${instances(change.to.instances)}.`;
    case 'delete':
      return `The ${kind} ${id} is deleted; ${instances(running)} end.`;
    case 'restart':
      return `The ${kind} ${id} is restarted: ${instances(running)} of older versions are replaced, ${change.to.instances} are to run.`;
    case 'scale':
      return change.from.instances === change.to.instances
        ? `The ${kind} ${id} is changed without a restart.`
        : `The ${kind} ${id} is scaled from ${change.from.instances} to ${instances(change.to.instances)}; none is restarted.`;
  }
}

function renderPlacement({ wanted, untried, landings, refusing }: PlannedPlacement): object {
  const placed = landings.reduce((sum, landing) => sum + landing.instances, 0);
  return {
    wanted,
    placed,
    missing: wanted - placed,
    untried,
    agents: landings,
    refusingAgents: refusing.length,
    refusing: refusing.slice(0, maxShownAgents).map(({ agentId, hostname, refusals }) => ({
      agentId,
      hostname,
      refusals: refusals.map(renderRefusal),
    })),
  };
}

function renderChange(state: SchedulerState, change: PlannedChange, agents: AgentsView): object {
  const { id, kind, effect } = change;
  const placement = agents.known ? agents.placements.find((p) => p.id === id) : undefined;
  const running = state.instancesOf.get(id)?.size ?? 0;
  return {
    [kind]: id,
    effect,
    summary: summaryOf(change, running),
    instances: {
      from: effect === 'create' ? 0 : change.from.instances,
      to: effect === 'delete' ? 0 : change.to.instances,
      running,
    },
    ...(effect === 'create' ? { definition: jsonOf(change.to) } : {}),
    ...(effect === 'scale' || effect === 'restart'
      ? { differences: diffJson(jsonOf(change.from), jsonOf(change.to)) }
      : {}),
    ...(placement === undefined || effect === 'delete' ? {} : { placement: renderPlacement(placement) }),
  };
}

function renderGroupChange({ id, from, to }: PlannedGroup): object {
  const content = (group: PlannedGroup['from']): object | undefined => {
    if (group === undefined) return undefined;
    const { version: _, id: _id, ...members } = group;
    return members;
  };
  const effect = from === undefined ? 'create' : to === undefined ? 'delete' : 'change';
  return {
    group: id,
    effect,
    differences: effect === 'change' ? diffJson(content(from), content(to)) : undefined,
  };
}

/** The answer to POST /ekiden/v1/plan. `edges`: what edges say of it; undefined when they were not asked. */
export function renderPlan(
  state: SchedulerState,
  plan: Plan,
  agents: AgentsView,
  edges: readonly EdgePlan[] | undefined,
): object {
  const { lockedBy, deploymentLimit } = plan.conflicts;
  return {
    changes: plan.changes.map((change) => renderChange(state, change, agents)),
    groups: plan.groups.map(renderGroupChange),
    steps: plan.steps.map(renderStep),
    conflicts: { deployments: lockedBy.map((id) => ({ id })), deploymentLimit },
    agents: agents.known ? { known: true, count: agents.agents } : agents,
    edges,
  };
}
