import type { Offer } from '../../model/offer.js';
import { isPod } from '../../model/run-spec.js';
import type { RunSpec } from '../../model/run-spec.js';
import { matchOffer } from './match-offer.js';
import type { MatchRules } from './match-offer.js';
import type { Refusal } from './reject-reason.js';
import type { Spreads } from './spread.js';

/** Whether one more instance fits on an offer, with what is left of it then, or every reason why not. */
export type Fit =
  { readonly fits: true; readonly rest: Offer } | { readonly fits: false; readonly refusals: readonly Refusal[] };

/** Starting the containers of a pod one by one would be something else than the pod that was asked for. */
const podRefusal: Refusal = {
  reason: 'UnfulfilledConstraint',
  needed: 'a launch of several containers together',
  had: 'this version of Ekiden stores pods and cannot launch them yet',
};

/** Holds one offer against one app or pod, as launching does. `spreads`: where its instances are already. */
export function matchRunSpec(
  runSpec: RunSpec,
  offer: Offer,
  spreads: Spreads,
  random: () => number,
  rules: MatchRules,
): Fit {
  return isPod(runSpec) ? { fits: false, refusals: [podRefusal] } : matchOffer(runSpec, offer, spreads, random, rules);
}
