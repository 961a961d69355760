import type { PodDefinition } from '../../model/pod-definition.js';
import { matchOffer } from '../match/match-offer.js';
import { placeResident } from '../resident/place-resident.js';
import { isResident } from '../resident/volumes.js';
import { launchPod } from './launch-pod.js';
import type { Placer } from './placement.js';

/** Launches an instance of a pod: all of its containers at once; of one with persistent volumes where its place is. */
export const placePod: Placer<PodDefinition> = (tx, pod, offer, spreads) => {
  if (isResident(pod)) return placeResident(tx, pod, offer, spreads);
  const match = matchOffer(pod, offer, spreads, tx.surroundings.random, tx);
  if (!match.fits) return match;
  tx.keepDefinition(pod);
  const group = launchPod(tx, pod, offer, match);
  return { fits: true, operations: [{ type: 'launchGroup', group }], rest: match.rest, launched: true };
};
