import type { PathId } from '../../../common/path-id.js';
import type { AppDefinition, Timestamp } from '../../model/app-definition.js';
import type { DeploymentStep } from '../../model/deployment.js';
import { isPod } from '../../model/run-spec.js';
import type { Outcome, Rejection } from '../commands.js';
import { deploy, refusalToDeploy } from '../deployment/deploy.js';
import { planSteps } from '../deployment/plan.js';
import type { RootUpdate, RunSpecChange } from '../groups/changes.js';
import { checkUpdate } from '../groups/check-update.js';
import { stopOrder } from '../groups/stop-order.js';
import { rootGroupOf } from '../state.js';
import { nextVersion } from '../timestamps.js';
import type { Tx } from '../tx.js';

export function rejected(rejection: Rejection): Outcome {
  return { type: 'rejected', rejection };
}

/** The version of a change that is made now: newer than any that the root group has had. */
export function versionFor(tx: Tx): Timestamp {
  return nextVersion(tx.nowMs, rootGroupOf(tx.state).version);
}

/** A change of the root group that is to be deployed. */
export interface Request {
  readonly version: Timestamp;
  /** The group that the request is about, as `group_change_success` and `group_change_failed` tell it. */
  readonly groupId: PathId;
  readonly update: RootUpdate;
  /** Deployments in the way are cancelled. */
  readonly force: boolean;
  /** Called just before the deployment is published: what comes first in the stream of events. */
  readonly announce?: (changes: readonly RunSpecChange[]) => void;
}

/** An update of apps and pods alone. */
export function ofRunSpecs(runSpecs: readonly RunSpecChange[]): RootUpdate {
  return { runSpecs, groups: new Map() };
}

/** What stands in the way of a change, in words. */
function reasonOf(rejection: Rejection): string {
  switch (rejection.kind) {
    case 'locked':
      return `locked by the deployments ${rejection.deploymentIds.join(', ')}`;
    case 'tooManyDeployments':
      return `${rejection.limit} deployments are running already`;
    case 'invalid':
      return rejection.violations.flatMap(({ path, errors }) => errors.map((error) => `${path}: ${error}`)).join('; ');
    default:
      return rejection.kind;
  }
}

/** The steps that an update would take, or why it may not be made. Nothing is changed. */
function planUpdate(
  tx: Tx,
  update: RootUpdate,
): { readonly update: RootUpdate; readonly steps: readonly DeploymentStep[] } | { readonly rejection: Rejection } {
  const checked = checkUpdate(tx.state, update);
  if ('rejection' in checked) return checked;
  const changes = checked.update.runSpecs;
  const isStored = (url: string): boolean => tx.state.artifacts.has(url);
  const stopped = stopOrder(
    tx.state,
    changes.flatMap((change) => (change.kind === 'delete' ? [change.from] : [])),
  );
  return { update: checked.update, steps: planSteps(changes, stopped, checked.depthOf, isStored) };
}

/** Checks, plans and starts a change, or says why not; then nothing has changed. */
export function deployUpdate(tx: Tx, request: Request): Outcome {
  const { version, groupId, force } = request;
  const refuse = (rejection: Rejection): Outcome => {
    tx.publish({ type: 'group_change_failed', groupId, version, reason: reasonOf(rejection) });
    return rejected(rejection);
  };
  const planned = planUpdate(tx, request.update);
  if ('rejection' in planned) return refuse(planned.rejection);
  const { update, steps } = planned;
  const refusal = refusalToDeploy(tx, update.runSpecs, force);
  if (refusal !== undefined) return refuse(refusal);
  request.announce?.(update.runSpecs);
  const { deploymentId } = deploy(tx, version, groupId, update, steps);
  const created = update.runSpecs.flatMap((change): AppDefinition[] =>
    change.kind === 'create' && !isPod(change.to) ? [change.to] : [],
  );
  return { type: 'deployed', deploymentId, version, created };
}
