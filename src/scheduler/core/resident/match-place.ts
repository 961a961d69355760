import type { Offer } from '../../model/offer.js';
import { isPod } from '../../model/run-spec.js';
import type { RunSpec } from '../../model/run-spec.js';
import { matchOffer } from '../match/match-offer.js';
import type { MatchRules } from '../match/match-offer.js';
import type { Refusal } from '../match/reject-reason.js';
import type { Spreads } from '../match/spread.js';
import { pickDisks } from './disks.js';
import type { PickedDisks } from './disks.js';
import { variant } from './variant.js';
import { persistentVolumesOf } from './volumes.js';

/** MiB of the agent's root disk for volumes. */
function rootVolumesMib(runSpec: RunSpec): number {
  return persistentVolumesOf(runSpec).reduce((sum, { type, sizeMib }) => sum + (type === 'root' ? sizeMib : 0), 0);
}

/** A place is made of unreserved resources only (marathon.md §9.6), with room for the volumes of the root disk. */
const asPlace = variant((runSpec) => {
  const acceptedResourceRoles = ['*'];
  const volumesMib = rootVolumesMib(runSpec);
  if (!isPod(runSpec)) return { ...runSpec, acceptedResourceRoles, diskMib: runSpec.diskMib + volumesMib };
  const { executorResources: executor } = runSpec;
  const executorResources = { ...executor, diskMib: executor.diskMib + volumesMib };
  return { ...runSpec, acceptedResourceRoles, executorResources };
});

/** Whether an offer has room for a new place, with what is left of it (but for the disks) and the disks of the volumes, or why not. */
export type PlaceMatch =
  | { readonly fits: true; readonly rest: Offer; readonly picked: PickedDisks }
  | { readonly fits: false; readonly refusals: readonly Refusal[] };

/** Holds an offer against what a new place for an instance needs. */
export function matchPlace(
  runSpec: RunSpec,
  offer: Offer,
  spreads: Spreads,
  random: () => number,
  rules: MatchRules,
): PlaceMatch {
  const match = matchOffer(asPlace(runSpec), offer, spreads, random, rules);
  const disks = pickDisks(persistentVolumesOf(runSpec), offer.disks ?? []);
  if (match.fits && !('refusal' in disks)) return { fits: true, rest: match.rest, picked: disks.picked };
  const refusals = match.fits ? [] : match.refusals;
  return { fits: false, refusals: 'refusal' in disks ? [...refusals, disks.refusal] : refusals };
}
