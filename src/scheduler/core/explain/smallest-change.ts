import type { Offer } from '../../model/offer.js';
import type { RunSpec } from '../../model/run-spec.js';
import { holdOffer } from '../launch/hold-offer.js';
import { acceptedRolesOf } from '../match/accepted-roles.js';
import type { MatchRules } from '../match/match-offer.js';
import type { Refusal } from '../match/reject-reason.js';
import type { Spreads } from '../match/spread.js';
import { changed, lowered } from './field-change.js';
import type { FieldChange, LoweredScalar } from './field-change.js';

/** An offer that was refused, and why. */
export interface RefusedOffer {
  readonly offer: Offer;
  readonly refusals: readonly Refusal[];
}

/** A change of a definition by which at least one agent would take an instance. */
export interface Suggestion {
  /** All of them together. */
  readonly changes: readonly FieldChange[];
  /** The definition with these changes. */
  readonly runSpec: RunSpec;
  /** The refused offers that it would fit. */
  readonly fits: readonly Offer[];
}

/** So many suggestions are made at most. */
const maxSuggestions = 5;

const scalars: readonly LoweredScalar[] = ['cpus', 'memMib', 'diskMib', 'gpus'];

/** What would have to be changed for one refusal; undefined: nothing in the definition helps. */
function changesFor(
  runSpec: RunSpec,
  { constraint, missingPorts, amounts }: Refusal,
): readonly FieldChange[] | undefined {
  if (constraint !== undefined) return [{ field: 'constraints', constraint }];
  if (missingPorts !== undefined) return [{ field: 'hostPorts', ports: missingPorts }];
  const scalar = scalars.find((name) => amounts?.needed[name] !== undefined);
  if (scalar === undefined || amounts === undefined) return undefined;
  const change = lowered(runSpec, scalar, (amounts.needed[scalar] ?? 0) - (amounts.had[scalar] ?? 0));
  return change === undefined ? undefined : [change];
}

class Trial {
  readonly #runSpec: RunSpec;
  readonly #spreads: Spreads;
  readonly #rules: MatchRules;

  constructor(runSpec: RunSpec, spreads: Spreads, rules: MatchRules) {
    this.#runSpec = runSpec;
    this.#spreads = spreads;
    this.#rules = rules;
  }

  refusalsOf(runSpec: RunSpec, offer: Offer): readonly Refusal[] {
    const match = holdOffer(runSpec, offer, this.#spreads, this.#rules);
    return match.fits ? [] : match.refusals;
  }

  /** Whether the offer is still refused for all that it was refused for: other needs (artifacts, reservations) are no filter's. */
  isUnderstood({ offer, refusals }: RefusedOffer): boolean {
    const needs = new Set(this.refusalsOf(this.#runSpec, offer).map(({ needed }) => needed));
    return refusals.length > 0 && refusals.every(({ needed }) => needs.has(needed));
  }

  /** Resources of other roles that the app may use and the agent has. */
  #moreRoles(offer: Offer): readonly FieldChange[] {
    const { role } = this.#runSpec;
    const accepted = acceptedRolesOf(this.#runSpec, this.#rules.settings.defaultAcceptedRoles);
    const offered = new Set(offer.resources.map((part) => part.role));
    const added = [...new Set(['*', role])].filter((one) => offered.has(one) && !accepted.includes(one));
    return added.length === 0 ? [] : [{ field: 'acceptedResourceRoles', added, to: [...accepted, ...added] }];
  }

  /** Everything that has to be changed for an offer after `first`; undefined: it cannot be made to fit. */
  #complete(offer: Offer, first: readonly FieldChange[]): readonly FieldChange[] | undefined {
    const base = first.reduce(changed, this.#runSpec);
    const changes = [...first];
    for (const refusal of this.refusalsOf(base, offer)) {
      const more = changesFor(base, refusal);
      if (more === undefined) return undefined;
      changes.push(...more);
    }
    const isMet = changes.length > 0 && this.refusalsOf(changes.reduce(changed, this.#runSpec), offer).length === 0;
    return isMet ? changes : undefined;
  }

  /** The changes by which an offer would fit, with its own roles or with more. */
  waysTo(offer: Offer): readonly (readonly FieldChange[])[] {
    const more = this.#moreRoles(offer);
    const starts = more.length === 0 ? [[]] : [[], more];
    return starts.flatMap((first) => {
      const changes = this.#complete(offer, first);
      return changes === undefined ? [] : [changes];
    });
  }
}

/** Which members change, whatever their new values. */
function keyOf(changes: readonly FieldChange[]): string {
  const names = changes.map((change) => {
    switch (change.field) {
      case 'constraints':
        return JSON.stringify(['constraint', change.constraint]);
      case 'acceptedResourceRoles':
        return JSON.stringify(['roles', change.to]);
      case 'hostPorts':
        return JSON.stringify(['ports', change.ports]);
      default:
        return change.field;
    }
  });
  return names.sort().join();
}

/** How much of the resources asked for is given up: a part of each, added up. */
function costOf(changes: readonly FieldChange[]): number {
  return changes.reduce((sum, change) => sum + ('from' in change ? (change.from - change.to) / change.from : 0), 0);
}

/** The cheapest way for each set of members. */
function cheapestByKey(ways: readonly (readonly FieldChange[])[]): readonly (readonly FieldChange[])[] {
  const best = new Map<string, readonly FieldChange[]>();
  for (const way of ways) {
    const key = keyOf(way);
    const known = best.get(key);
    if (known === undefined || costOf(way) < costOf(known)) best.set(key, way);
  }
  return [...best.values()];
}

/**
 * The smallest changes of a definition by which it would fit at least one of the offers that were refused: those with the fewest members, of
 * these the one that fits most agents first, then the one that gives up least. Each is tried by the filters that refused: what is
 * returned really fits. Pure, and bounded by the number of offers.
 */
export function smallestChanges(
  runSpec: RunSpec,
  refused: readonly RefusedOffer[],
  spreads: Spreads,
  rules: MatchRules,
): readonly Suggestion[] {
  const trial = new Trial(runSpec, spreads, rules);
  const offers = refused.flatMap((one) => (trial.isUnderstood(one) ? [one.offer] : []));
  const ways = cheapestByKey(offers.flatMap((offer) => trial.waysTo(offer)));
  const fewest = Math.min(...ways.map((way) => way.length));
  return ways
    .filter((way) => way.length === fewest)
    .sort((a, b) => costOf(a) - costOf(b))
    .slice(0, maxSuggestions)
    .map((changes) => {
      const suggested = changes.reduce(changed, runSpec);
      const fits = offers.filter((offer) => trial.refusalsOf(suggested, offer).length === 0);
      return { changes, runSpec: suggested, fits };
    })
    .sort((a, b) => b.fits.length - a.fits.length);
}
