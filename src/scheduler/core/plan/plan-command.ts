import { equalData } from '../../../common/equal.js';
import type { PathId } from '../../../common/path-id.js';
import type { DeploymentStep } from '../../model/deployment.js';
import type { Group } from '../../model/group.js';
import { kindOf } from '../../model/run-spec.js';
import type { RunSpec, RunSpecKind } from '../../model/run-spec.js';
import type { Command, Rejection } from '../commands.js';
import { actionOf } from '../deployment/action-of.js';
import type { MutableState } from '../mutable-state.js';
import type { CoreSettings } from '../settings.js';
import { runSpecOf } from '../state.js';
import type { SchedulerState } from '../state.js';
import { execute } from '../step.js';
import type { Surroundings } from '../surroundings.js';
import { Tx } from '../tx.js';

/** Commands that set definitions, and deploy what follows from it. */
export type PlannableCommand = Extract<
  Command,
  {
    readonly type:
      | 'createApp'
      | 'updateApps'
      | 'rollbackApp'
      | 'deleteApp'
      | 'restartApp'
      | 'createGroup'
      | 'updateGroup'
      | 'rollbackGroup'
      | 'deleteGroup'
      | 'createPod'
      | 'updatePod'
      | 'deletePod';
  }
>;

/** What a command would make of one app or pod. */
export type PlannedChange = { readonly id: PathId; readonly kind: RunSpecKind } & (
  | { readonly effect: 'create'; readonly to: RunSpec }
  | { readonly effect: 'delete'; readonly from: RunSpec }
  /** `restart`: every instance is replaced; `scale`: those that run go on. */
  | { readonly effect: 'scale' | 'restart'; readonly from: RunSpec; readonly to: RunSpec }
);

/** What a group has of its own, before and after; `from` absent: it is created, `to` absent: it goes. */
export interface PlannedGroup {
  readonly id: PathId;
  readonly from?: Group;
  readonly to?: Group;
}

/** What stands in the way of a command now; `force` overrides locks, not the limit. */
export interface PlanConflicts {
  /** Deployments that hold what it changes. */
  readonly lockedBy: readonly string[];
  /** So many deployments run, and no more may. */
  readonly deploymentLimit?: number;
}

/** What a command would do. */
export interface Plan {
  /** Apps and pods that it changes, by id. Versions are what they would be now. */
  readonly changes: readonly PlannedChange[];
  /** Groups of which more would change than the version. */
  readonly groups: readonly PlannedGroup[];
  /** Of the deployment, in their order; none when nothing has to be done. */
  readonly steps: readonly DeploymentStep[];
  readonly conflicts: PlanConflicts;
}

export type PlanOutcome =
  { readonly type: 'planned'; readonly plan: Plan } | { readonly type: 'rejected'; readonly rejection: Rejection };

interface Change {
  readonly id: PathId;
  readonly from?: RunSpec;
  readonly to?: RunSpec;
}

/** The version of a group changes with anything in it. */
const notContent: ReadonlySet<string> = new Set(['version']);

function isRestarted(id: PathId, steps: readonly DeploymentStep[]): boolean {
  return steps.some((step) => actionOf(step, id)?.action === 'RestartApplication');
}

/** An app in whose place a pod comes is one that goes and one that is created. */
function toPlanned({ id, from, to }: Change, steps: readonly DeploymentStep[]): PlannedChange[] {
  if (from !== undefined && to !== undefined && kindOf(from) === kindOf(to)) {
    return [{ id, kind: kindOf(to), effect: isRestarted(id, steps) ? 'restart' : 'scale', from, to }];
  }
  return [
    ...(from === undefined ? [] : [{ id, kind: kindOf(from), effect: 'delete' as const, from }]),
    ...(to === undefined ? [] : [{ id, kind: kindOf(to), effect: 'create' as const, to }]),
  ];
}

/** What the turn of `tx` has done to apps, pods and groups, told when it has been taken back: `before` and `after` are the same state. */
class Traces {
  readonly #after = new Map<PathId, RunSpec | undefined>();
  readonly #groupsAfter = new Map<PathId, Group | undefined>();
  readonly steps: readonly DeploymentStep[];

  constructor(tx: Tx, deploymentId: string) {
    const { state } = tx;
    this.steps = state.deployments.get(deploymentId)?.steps ?? [];
    for (const id of tx.touchedApps) this.#after.set(id, runSpecOf(state, id));
    for (const id of tx.touchedGroups) this.#groupsAfter.set(id, state.groups.get(id));
  }

  /** `state`: as it is without the turn. */
  planOn(state: SchedulerState, settings: CoreSettings): Plan {
    const changes = [...this.#after].flatMap(([id, to]): Change[] => {
      const from = runSpecOf(state, id);
      if (from === undefined && to === undefined) return [];
      return [{ id, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }];
    });
    const groups = [...this.#groupsAfter].flatMap(([id, to]): PlannedGroup[] => {
      const from = state.groups.get(id);
      if (equalData(from, to, notContent)) return [];
      return [{ id, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }];
    });
    const byId = (a: { readonly id: PathId }, b: { readonly id: PathId }): number => (a.id < b.id ? -1 : 1);
    const { maxRunningDeployments: limit } = settings;
    const isFull = changes.length > 0 && state.deployments.size >= limit;
    return {
      changes: changes.sort(byId).flatMap((change) => toPlanned(change, this.steps)),
      groups: groups.sort(byId),
      steps: this.steps,
      conflicts: {
        lockedBy: [...new Set(changes.flatMap(({ id }) => state.locks.get(id) ?? []))],
        ...(isFull ? { deploymentLimit: limit } : {}),
      },
    };
  }
}

/**
 * What a command would do now, or why it would be refused. It is carried out, as if nothing stood in its way, and taken back: the state
 * is left as it was, and no effect remains. Deployments in the way and their limit do not refuse it, they are told.
 */
export function planCommand(
  state: MutableState,
  command: PlannableCommand,
  settings: CoreSettings,
  surroundings: Surroundings,
): PlanOutcome {
  const tx = new Tx(state, { ...settings, maxRunningDeployments: Infinity }, surroundings, true);
  const start = tx.mark();
  let traces: Traces;
  try {
    const outcome = execute(tx, { ...command, force: true });
    if (outcome.type === 'rejected') return outcome;
    if (outcome.type !== 'deployed') throw new Error(`the plan of ${command.type} came to '${outcome.type}'`);
    traces = new Traces(tx, outcome.deploymentId);
  } finally {
    tx.rollback(start);
  }
  return { type: 'planned', plan: traces.planOn(state, settings) };
}
