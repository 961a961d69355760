import type { PathId } from '../../../common/path-id.js';
import type { Deployment, DeploymentAction } from '../../model/deployment.js';
import { isPod } from '../../model/run-spec.js';
import { actionOf } from '../deployment/action-of.js';
import { touchesInstances } from '../deployment/launched-definition.js';
import { instancesOf, runSpecOf } from '../state.js';
import type { SchedulerState } from '../state.js';

/** An action that is not done, and how far it is. */
export interface ActionWait {
  readonly action: DeploymentAction;
  /** Instances that are to run in the end; 0 where all are to end. */
  readonly wanted: number;
  /** Those that are to run and are there: of a restart, the new ones. */
  readonly present: number;
  readonly healthy: number;
  /** Healthy, and their readiness check, if they have one, has succeeded. */
  readonly ready: number;
  /** Those that are still to end. */
  readonly ending: number;
  /** Those of them that the edges have not let go of yet. */
  readonly draining: number;
  /** Artifacts that are not there yet. */
  readonly artifacts: readonly string[];
}

/** What a deployment that holds an app or pod waits for. */
export interface DeploymentWait {
  readonly deploymentId: string;
  /** Of the step under way, from 1. */
  readonly step: number;
  readonly steps: number;
  /** The step in which it is the app's or pod's turn, if that is still to come or under way. */
  readonly ownStep?: number;
  /** How many actions of the step are not done. */
  readonly waiting: number;
  /** The first of them. */
  readonly waitsFor: readonly ActionWait[];
}

/** So many actions are told of. */
const maxActions = 20;

/** How far an action of a step that is under way is. Costs as much as its app or pod has instances. */
export function actionWaitOf(state: SchedulerState, action: DeploymentAction): ActionWait {
  const { id } = action;
  const runSpec = runSpecOf(state, id);
  const all = state.tallies.of(id);
  const draining = instancesOf(state, id).filter(({ drainUntil }) => drainUntil !== undefined).length;
  const nothing = { action, wanted: 0, present: 0, healthy: 0, ready: 0, ending: all.total, draining, artifacts: [] };
  if (runSpec === undefined || action.action === 'StopApplication') return nothing;
  if (action.action === 'ResolveArtifacts') {
    const artifacts = isPod(runSpec) ? [] : runSpec.storeUrls.filter((url) => !state.artifacts.has(url));
    return { ...nothing, ending: 0, artifacts };
  }
  const split = state.tallies.split(id, runSpec.versionInfo.lastConfigChangeAt);
  const counted = action.action === 'RestartApplication' ? split.from : all;
  const leaving = action.action === 'RestartApplication' ? split.before.active + split.from.ending : all.ending;
  return {
    action,
    wanted: runSpec.instances,
    present: counted.kept,
    healthy: counted.healthy,
    ready: counted.up,
    ending: leaving,
    draining,
    artifacts: [],
  };
}

/** The step from `from` on in which something is done to the instances of an app or pod. */
function stepOf(deployment: Deployment, id: PathId, from: number): number | undefined {
  const index = deployment.steps.findIndex((step, i) => {
    const action = i < from ? undefined : actionOf(step, id);
    return action !== undefined && touchesInstances(action);
  });
  return index < 0 ? undefined : index + 1;
}

/** What the deployment waits for that holds an app or pod; undefined: none does. Costs what the step has actions. */
export function deploymentWaitOf(state: SchedulerState, id: PathId): DeploymentWait | undefined {
  const deployment = state.deployments.get(state.locks.get(id) ?? '');
  if (deployment === undefined) return undefined;
  const { currentStep, steps } = deployment;
  const pending = state.pending.get(deployment.id) ?? new Set<PathId>();
  const actions = (steps[currentStep]?.actions ?? []).filter((action) => pending.has(action.id));
  const ownStep = stepOf(deployment, id, currentStep);
  return {
    deploymentId: deployment.id,
    step: currentStep + 1,
    steps: steps.length,
    ...(ownStep === undefined ? {} : { ownStep }),
    waiting: actions.length,
    waitsFor: actions.slice(0, maxActions).map((action) => actionWaitOf(state, action)),
  };
}
