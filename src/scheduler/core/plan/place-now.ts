import type { PathId } from '../../../common/path-id.js';
import type { DeploymentStep } from '../../model/deployment.js';
import type { Offer } from '../../model/offer.js';
import type { RunSpec } from '../../model/run-spec.js';
import { countsAsRunning, isOld } from '../deployment/actions.js';
import { countedInstances } from '../launch/counted-instances.js';
import { holdOffer } from '../launch/hold-offer.js';
import { limitPerOffer } from '../match/limit-per-offer.js';
import type { MatchRules } from '../match/match-offer.js';
import type { Refusal } from '../match/reject-reason.js';
import { constraintsOf, Spreads } from '../match/spread.js';
import type { CoreSettings } from '../settings.js';
import { instancesOf } from '../state.js';
import type { SchedulerState } from '../state.js';
import type { FreeAgent } from './free-agent.js';
import type { Plan, PlannedChange } from './plan-command.js';

/** How much is tried at most for one plan; what is beyond it is told. */
export interface PlacementLimits {
  readonly instances: number;
  /** So many times an agent is held against an app or pod. */
  readonly pairs: number;
}

export const defaultPlacementLimits: PlacementLimits = { instances: 1000, pairs: 20_000 };

interface AgentName {
  readonly agentId: string;
  readonly hostname: string;
}

/** Where the instances of one app or pod would be launched, if it were done now. */
export interface PlannedPlacement {
  readonly id: PathId;
  /** Instances that have to be launched. */
  readonly wanted: number;
  /** So many of them were not tried: there is a limit. */
  readonly untried: number;
  readonly landings: readonly (AgentName & { readonly instances: number })[];
  /** Those that take no further one, while some have no place; with every reason. */
  readonly refusing: readonly (AgentName & { readonly refusals: readonly Refusal[] })[];
}

export interface PlacementRules {
  readonly nowMs: number;
  readonly settings: MatchRules['settings'] & Pick<CoreSettings, 'maxInstancesPerOffer'>;
}

/** How many instances a change starts, on top of those that stay. */
function launchesOf(state: SchedulerState, change: PlannedChange): number {
  if (change.effect === 'delete') return 0;
  const { to } = change;
  const running = instancesOf(state, to.id).filter(countsAsRunning);
  const staying = change.effect === 'restart' ? running.filter((instance) => !isOld(to, instance)) : running;
  return Math.max(0, to.instances - staying.length);
}

/** Others of the same app may be what makes room: the share of a group grows with them. */
function changesItsMind(runSpec: RunSpec): boolean {
  return constraintsOf(runSpec).some(({ operator }) => operator === 'GROUP_BY');
}

/** An agent while it is held against one app or pod after the other. */
interface OpenAgent extends AgentName {
  readonly withheld: string | undefined;
  /** What is left of it. */
  rest: Offer;
}

const withheldRefusal = (reason: string): Refusal => ({
  reason: 'AgentMaintenance',
  needed: 'an agent that is offered',
  had: reason,
});

class PlacementTrial {
  readonly #state: SchedulerState;
  readonly #agents: readonly OpenAgent[];
  readonly #rules: PlacementRules;
  #instances: number;
  #pairs: number;

  constructor(state: SchedulerState, agents: readonly FreeAgent[], rules: PlacementRules, limits: PlacementLimits) {
    this.#state = state;
    this.#agents = agents.map(({ offer, withheld }) => ({
      agentId: offer.agentId,
      hostname: offer.hostname,
      withheld,
      rest: offer,
    }));
    this.#rules = rules;
    this.#instances = limits.instances;
    this.#pairs = limits.pairs;
  }

  get #isOver(): boolean {
    return this.#instances === 0 || this.#pairs === 0;
  }

  /** Why an agent takes no further instance; undefined: it has taken one. */
  #tryOn(agent: OpenAgent, runSpec: RunSpec, spreads: Spreads): readonly Refusal[] | undefined {
    this.#pairs--;
    if (agent.withheld !== undefined) return [withheldRefusal(agent.withheld)];
    const match = holdOffer(runSpec, agent.rest, spreads, {
      ...this.#rules,
      localRegion: this.#state.localRegion,
    });
    if (!match.fits) return match.refusals;
    this.#instances--;
    spreads.add(agent.rest);
    agent.rest = match.rest;
    return undefined;
  }

  /** As Mesos' offers come: some instances on each agent, again and again. */
  place(runSpec: RunSpec, wanted: number): PlannedPlacement {
    const { settings } = this.#rules;
    const spreads = new Spreads(() => countedInstances(this.#state, runSpec));
    const limit = limitPerOffer(runSpec, settings.maxInstancesPerOffer);
    const landed = new Map<OpenAgent, number>();
    const refused = new Map<OpenAgent, readonly Refusal[]>();
    let left = wanted;
    for (let placed = -1; placed !== 0 && left > 0 && !this.#isOver;) {
      placed = 0;
      for (const agent of this.#agents) {
        if (refused.has(agent) && !changesItsMind(runSpec)) continue;
        refused.delete(agent);
        for (let n = 0; n < limit && left > 0 && !this.#isOver; n++) {
          const refusals = this.#tryOn(agent, runSpec, spreads);
          if (refusals !== undefined) {
            refused.set(agent, refusals);
            break;
          }
          landed.set(agent, (landed.get(agent) ?? 0) + 1);
          placed++;
          left--;
        }
      }
    }
    return {
      id: runSpec.id,
      wanted,
      untried: this.#isOver ? left : 0,
      landings: [...landed].map(([{ agentId, hostname }, instances]) => ({ agentId, hostname, instances })),
      refusing:
        left === 0 ? [] : [...refused].map(([{ agentId, hostname }, refusals]) => ({ agentId, hostname, refusals })),
    };
  }
}

/** The changes that launch something, in the order of the deployment's steps. */
function inStepOrder(changes: readonly PlannedChange[], steps: readonly DeploymentStep[]): PlannedChange[] {
  const places = new Map<PathId, number>();
  for (const [place, { actions }] of steps.entries()) for (const { id } of actions) places.set(id, place);
  return [...changes].sort((a, b) => (places.get(a.id) ?? 0) - (places.get(b.id) ?? 0));
}

/**
 * Where the instances that a plan starts would be launched on what is free on the agents now, one after the other, by the very filters that
 * real offers meet. Others that wait, and what comes free when instances of this plan end, are left out of account.
 */
export function placeNow(
  state: SchedulerState,
  { changes, steps }: Pick<Plan, 'changes' | 'steps'>,
  agents: readonly FreeAgent[],
  rules: PlacementRules,
  limits: PlacementLimits = defaultPlacementLimits,
): PlannedPlacement[] {
  const trial = new PlacementTrial(state, agents, rules, limits);
  return inStepOrder(changes, steps).flatMap((change) => {
    const wanted = launchesOf(state, change);
    return change.effect === 'delete' || wanted === 0 ? [] : [trial.place(change.to, wanted)];
  });
}
