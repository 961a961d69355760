import type { PathId } from '../../common/path-id.js';
import { scaleTo } from './deployment/actions.js';
import { advanceApp } from './deployment/deploy.js';
import { endLeftovers } from './deployment/leftovers.js';
import { launchedDefinition } from './deployment/launched-definition.js';
import { demandOf } from './resident/demand.js';
import { runSpecOf } from './state.js';
import type { Tx } from './tx.js';

/** Writes down how many instances of an app are to be launched, of which configuration: its launch queue entry. */
function setDemand(tx: Tx, appId: PathId, count: number): void {
  const known = tx.state.queue.get(appId);
  const launched = launchedDefinition(tx.state, appId);
  if (count === 0 || launched === undefined) {
    if (known !== undefined) tx.setQueueEntry(appId, undefined);
    return;
  }
  const { role } = launched;
  const configVersion = launched.versionInfo.lastConfigChangeAt;
  // Offers that did not fit the former configuration may fit this one: it begins anew
  const entry = known?.configVersion === configVersion ? known : undefined;
  if (entry?.count === count) return;
  if (count > (entry?.count ?? 0)) tx.hopeForOffers(role);
  const offers = entry?.offers ?? { processed: 0, unused: 0, declinedBy: new Map(), lastRefusals: new Map() };
  tx.setQueueEntry(appId, { appId, role, configVersion, count, since: entry?.since ?? tx.now, offers });
}

/** After so many rounds it is counted how many more there can be. */
const manyRounds = 1000;

/**
 * The steps of deployments that are not done. Those of which nothing has to be waited for (apps without instances in a long chain of
 * dependencies) are all done in one turn.
 */
function stepsLeft(tx: Tx): number {
  let left = 0;
  for (const { steps, currentStep } of tx.state.deployments.values()) left += steps.length - currentStep;
  return left;
}

/**
 * Brings each app that this turn touched one step nearer to what it should be: its deployment goes on, or, when there is none,
 * missing instances are queued and surplus ones killed. What this changes is settled again, until nothing changes.
 */
export function settleApps(tx: Tx): void {
  let maxRounds = Infinity;
  for (let round = 0; tx.dirtyApps.size > 0; round++) {
    // Each round does less than the one before (a deployment advances by a step, instances end); an endless loop is a defect.
    if (round === manyRounds) maxRounds = 2 * manyRounds + stepsLeft(tx);
    if (round > maxRounds) {
      throw new Error(`settling does not end: ${[...tx.dirtyApps].slice(0, 100).join(', ')}`);
    }
    const dirty = [...tx.dirtyApps];
    tx.dirtyApps.clear();
    for (const appId of dirty) {
      tx.changedApps.add(appId);
      const deploymentId = tx.state.locks.get(appId);
      const app = runSpecOf(tx.state, appId);
      let launches = 0;
      if (deploymentId !== undefined) launches = advanceApp(tx, deploymentId, appId);
      else if (app !== undefined) launches = scaleTo(tx, app, app.instances).launches;
      else endLeftovers(tx, appId);
      setDemand(tx, appId, demandOf(tx, appId, launches));
    }
  }
}
