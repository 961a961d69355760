import type { Offer } from '../../model/offer.js';
import type { RunSpec } from '../../model/run-spec.js';
import { matchOffer } from '../match/match-offer.js';
import type { MatchRules } from '../match/match-offer.js';
import type { Refusal } from '../match/reject-reason.js';
import type { Spreads } from '../match/spread.js';
import { withoutDisks } from '../resident/disks.js';
import { matchPlace } from '../resident/match-place.js';
import { isResident } from '../resident/volumes.js';

/** Whether one more instance would fit on an offer, with what is left of it then, or every reason why not. */
export type Fit =
  { readonly fits: true; readonly rest: Offer } | { readonly fits: false; readonly refusals: readonly Refusal[] };

/** No port is used: the first that is offered is as good as any. */
const first = (): number => 0;

/**
 * Holds an offer against a new instance of an app or pod as launching does, and launches nothing: one with persistent volumes needs a new
 * place. `spreads`: where its instances are.
 */
export function holdOffer(runSpec: RunSpec, offer: Offer, spreads: Spreads, rules: MatchRules): Fit {
  if (!isResident(runSpec)) return matchOffer(runSpec, offer, spreads, first, rules);
  const match = matchPlace(runSpec, offer, spreads, first, rules);
  return match.fits ? { fits: true, rest: withoutDisks(match.rest, match.picked) } : match;
}
