import type { AppDefinition } from '../../model/app-definition.js';
import { matchOffer } from '../match/match-offer.js';
import type { Refusal } from '../match/reject-reason.js';
import { placeResident } from '../resident/place-resident.js';
import { isResident } from '../resident/volumes.js';
import type { Tx } from '../tx.js';
import { launchInstance } from './launch-instance.js';
import type { Placer } from './placement.js';

/** An app is not started without its artifacts. */
function artifactRefusals(tx: Tx, { storeUrls }: AppDefinition): Refusal[] {
  return storeUrls
    .filter((url) => !tx.state.artifacts.has(url))
    .map((url) => ({
      reason: 'UnfulfilledConstraint',
      needed: `${url} in the artifact store`,
      had: tx.state.artifactErrors.get(url) ?? 'it has not been downloaded',
    }));
}

/** Launches a new instance of an app; of one with persistent volumes where its place is. */
export const placeApp: Placer<AppDefinition> = (tx, app, offer, spreads) => {
  const unready = artifactRefusals(tx, app);
  if (unready.length > 0) return { fits: false, refusals: unready };
  if (isResident(app)) return placeResident(tx, app, offer, spreads);
  const match = matchOffer(app, offer, spreads, tx.surroundings.random, tx);
  if (!match.fits) return match;
  tx.keepDefinition(app);
  const task = launchInstance(tx, app, offer, match);
  return { fits: true, operations: [{ type: 'launch', task }], rest: match.rest, launched: true };
};
